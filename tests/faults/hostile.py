"""What a hostile visitor may put into settings, addresses, cookies and drawings.

Everything comes from one `random.Random`, so a seed names a case.
"""

import base64
import struct
import zlib
from io import BytesIO
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from digits.settings import TrainingSettings

TEXTS = (
    "",
    "\x00",
    "a\x00b",
    "\ufffd\u202e\u2066",
    "\U0001f4a3" * 50,
    "../../../etc/passwd",
    "..\\..\\windows",
    "<script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "![](https://evil.example/x.png)",
    "' OR 1=1 --",
    "{{7*7}}${7*7}%s%n",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "-0",
    "1_000",
    "١٢",
    "9" * 5000,
    "0x10",
    "1-" * 3000,
    "-",
    "null",
    "true",
    "[]",
    "__proto__",
    "ready-made",
    "\r\nSet-Cookie: visitor=x",
)
NUMBERS = (0, -1, 1, 2**31, -(2**31), 2**63 - 1, 0.1, -0.0, 1e308, float("inf"), float("nan"))
PARAMETERS = [field.alias or name for name, field in TrainingSettings.model_fields.items()]


def text(dice: Random) -> str:
    """Any text: one of those that have broken programs, or random letters."""
    match dice.randrange(4):
        case 0:
            return "".join(
                chr(dice.choice((dice.randrange(128), dice.randrange(0xD800))))
                for _ in range(dice.randrange(60))
            )
        case 1:
            return dice.choice(TEXTS) + dice.choice(TEXTS)
        case 2:
            return str(number(dice))
        case _:
            return dice.choice(TEXTS)


def number(dice: Random) -> float:
    """Any number, also such as are none."""
    return dice.choice((*NUMBERS, dice.randrange(100), dice.uniform(-1e6, 1e6)))


def value(dice: Random, depth: int = 2) -> Any:
    """Anything that JSON can say."""
    match dice.randrange(7 if depth else 5):
        case 0:
            return None
        case 1:
            return dice.random() < 0.5
        case 2:
            return number(dice)
        case 3 | 4:
            return text(dice)
        case 5:
            return [value(dice, depth - 1) for _ in range(dice.randrange(8))]
        case _:
            return {text(dice): value(dice, depth - 1) for _ in range(dice.randrange(5))}


def settings(dice: Random) -> dict[str, Any]:
    """Settings as a page would pass them on, by the names of their fields or by others."""
    names = [*TrainingSettings.model_fields, *PARAMETERS, text(dice)]
    return {name: value(dice) for name in dice.sample(names, dice.randrange(1, 6))}


def query(dice: Random) -> dict[str, str]:
    """The parameters of an address."""
    names = [*PARAMETERS, "run", "run", "embed", "embed_options", text(dice)]
    return {dice.choice(names): text(dice) for _ in range(dice.randrange(5))}


def cookie(dice: Random, real: str) -> str:
    """A visitor's cookie that was not made by the app, `real` being one that was."""
    match dice.randrange(5):
        case 0:
            return text(dice)
        case 1:
            return f"{dice.getrandbits(128):032x}"
        case 2:
            place = dice.randrange(len(real) - 1)
            return real[:place] + dice.choice("0123456789abcdefXY.") + real[place + 1 :]
        case 3:
            return f"{dice.getrandbits(128):032x}" + real[32:]
        case _:
            return real[: dice.randrange(len(real))]


def picture(dice: Random) -> bytes:
    """A file in place of the picture of the canvas."""
    match dice.randrange(8):
        case 0:
            return dice.randbytes(dice.randrange(200))
        case 1:
            return bomb(dice.choice((400, 1280, 1281, 20_000, 60_000, 2**31 - 1)))
        case 2:
            whole = png(pixels(dice))
            return whole[: dice.randrange(len(whole))]
        case 3:
            broken = bytearray(png(pixels(dice)))
            for _ in range(dice.randrange(1, 5)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            return bytes(broken)
        case 4:
            kind = dice.choice(("GIF", "BMP", "TIFF", "JPEG", "PPM", "WEBP", "PDF", "EPS"))
            file = BytesIO()
            Image.fromarray(pixels(dice)).convert("RGB").save(file, kind)
            return file.getvalue()
        case _:
            return png(pixels(dice))


def pixels(dice: Random) -> np.ndarray:
    """A picture of any size and mode, noise or strokes."""
    height, width = (dice.choice((1, 2, 3, 28, 100, 320, 640)) for _ in range(2))
    shape = (height, width, *dice.choice(((), (2,), (3,), (4,))))
    noise = np.frombuffer(dice.randbytes(int(np.prod(shape))), np.uint8).reshape(shape)
    match dice.randrange(4):
        case 0:
            return noise
        case 1:
            return np.full(shape, dice.randrange(256), np.uint8)
        case 2:
            return np.where(noise > 250, 255, 0).astype(np.uint8)
        case _:
            drawn = np.zeros(shape, np.uint8)
            top, left = dice.randrange(height), dice.randrange(width)
            drawn[top : top + dice.randrange(1, 300), left : left + dice.randrange(1, 40)] = 255
            return drawn


def png(picture: np.ndarray) -> bytes:
    """A picture as a PNG file."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return file.getvalue()


def bomb(side: int) -> bytes:
    """A small PNG that says it is a large square, of one colour."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(min(side * 3 + 1, 100_000) * 50), 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def drawing(dice: Random) -> Any:
    """What the canvas may seem to have sent."""
    data = "data:image/png;base64," + base64.b64encode(picture(dice)).decode()
    match dice.randrange(6):
        case 0:
            return value(dice)
        case 1:
            return {"drawing": value(dice), "backgroundFit": value(dice)}
        case 2:
            return {"drawing": {"raw": value(dice), "data": text(dice)}}
        case _:
            return {"drawing": {"raw": {"objects": []}, "data": data}}
