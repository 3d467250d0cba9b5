"""Which device is chosen, with pretended GPUs."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import tensorflow as tf

from digits import device
from digits.device import prepare_device, try_step


@dataclass
class PretendedGpus:
    """Stands in for `tf.config`: a number of GPUs, and which of them have memory growth."""

    names: list[str]
    grows: list[str] = field(default_factory=list)

    def list_physical_devices(self, kind: str) -> list[str]:
        return self.names if kind == "GPU" else []

    def set_memory_growth(self, gpu: str, enable: bool) -> None:
        assert enable
        self.grows.append(gpu)

    def get_device_details(self, gpu: str) -> dict[str, str]:
        return {"device_name": f"Model {gpu}"} if gpu != "nameless" else {}


@pytest.fixture(autouse=True)
def unprepared() -> Iterator[None]:
    """Forget the device before each test, and the pretended one after it."""
    prepare_device.cache_clear()
    yield
    prepare_device.cache_clear()


def pretend(monkeypatch: pytest.MonkeyPatch, *names: str) -> PretendedGpus:
    gpus = PretendedGpus(list(names))
    monkeypatch.setattr(tf.config, "list_physical_devices", gpus.list_physical_devices)
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", gpus.set_memory_growth)
    monkeypatch.setattr(tf.config.experimental, "get_device_details", gpus.get_device_details)
    # There is no GPU to try: the same step is taken where there is a device.
    monkeypatch.setattr(device, "try_step", lambda name: try_step("/CPU:0"))
    return gpus


def test_without_a_gpu_it_is_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    found = prepare_device()
    assert found.name == "/CPU:0"
    expected = f"TensorFlow {tf.__version__}, training on the CPU"
    assert found.description == expected


def test_the_first_gpu_is_chosen_and_all_have_memory_growth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gpus = pretend(monkeypatch, "A", "B")
    found = prepare_device()
    assert found.name == "/GPU:0"
    assert found.description == f"TensorFlow {tf.__version__}, training on the GPU Model A"
    assert gpus.grows == ["A", "B"]


def test_a_gpu_without_a_name_is_described_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "nameless")
    assert prepare_device().description.endswith("training on the GPU 0")


def test_it_is_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = pretend(monkeypatch, "A")
    assert prepare_device() is prepare_device()
    assert gpus.grows == ["A"]


def test_a_gpu_that_cannot_take_a_step_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pretend(monkeypatch, "A")
    monkeypatch.setattr(device, "try_step", try_step)  # on a GPU that is not there
    found = prepare_device()
    assert found.name == "/CPU:0"
    why = "the GPU found here cannot be used"
    assert found.description == f"TensorFlow {tf.__version__}, training on the CPU: {why}"
    assert "cannot be used" in caplog.text


def test_a_gpu_that_refuses_to_be_prepared_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "A")

    def refuse(gpu: str, enable: bool) -> None:
        raise RuntimeError("libdevice not found at ./libdevice.10.bc")

    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", refuse)
    assert prepare_device().name == "/CPU:0"
    assert "libdevice" not in prepare_device().description
