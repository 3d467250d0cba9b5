CREATE TABLE public.epochs (
    run_id character varying(32) NOT NULL,
    epoch integer NOT NULL,
    last_step integer NOT NULL,
    loss double precision NOT NULL,
    accuracy double precision NOT NULL,
    validation_loss double precision,
    validation_accuracy double precision,
    seconds double precision NOT NULL
);
CREATE TABLE public.points (
    run_id character varying(32) NOT NULL,
    last_step integer NOT NULL,
    steps bytea NOT NULL,
    losses bytea NOT NULL,
    accuracies bytea NOT NULL
);
CREATE TABLE public.runs (
    id character varying(32) NOT NULL,
    visitor character varying(64) NOT NULL,
    name character varying(80) NOT NULL,
    created_at double precision NOT NULL,
    state character varying(16) NOT NULL,
    settings json NOT NULL,
    wish character varying(16) NOT NULL,
    ticket character varying(64) NOT NULL,
    started_at double precision,
    reported_at double precision,
    step integer NOT NULL,
    total_steps integer NOT NULL,
    steps_per_second double precision NOT NULL,
    elapsed double precision NOT NULL,
    first_batch json,
    last_batch json,
    test json,
    origin json NOT NULL,
    failure text NOT NULL,
    artifacts json NOT NULL
);
INSERT INTO public.epochs VALUES ('X5rN6rFFNUTIUsk_', 1, 5, 0.9, 0.7, 0.8, 0.75, 1.5);
INSERT INTO public.epochs VALUES ('X5rN6rFFNUTIUsk_', 2, 10, 0.5, 0.85, NULL, NULL, 1.25);
INSERT INTO public.points VALUES ('X5rN6rFFNUTIUsk_', 5, '\x0100000002000000030000000400000005000000', '\x000000400000803fabaa2a3f0000003fcdcccc3e', '\xcdcccc3d9a99993e0000003f3333333f6666663f');
INSERT INTO public.points VALUES ('X5rN6rFFNUTIUsk_', 10, '\x060000000700000008000000090000000a000000', '\xabaaaa3e2549923e0000803e398e633ecdcc4c3e', '\xcdcccc3d9a99993e0000003f3333333f6666663f');
INSERT INTO public.points VALUES ('DmkxaYSPsPv5tehk', 3, '\x010000000200000003000000', '\x000000400000803fabaa2a3f', '\xcdcccc3d0000003f6666663f');
INSERT INTO public.runs VALUES ('X5rN6rFFNUTIUsk_', 'ann', '784-16-10', 1795474564.5699522, 'finished', '{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}', '', 'first', 1795474564.578239, 1795474564.5856874, 10, 10, 80.5, 2.75, '{"loss": 2.3, "accuracy": 0.1}', '{"loss": 0.4, "accuracy": 0.9}', '{"loss": 0.45, "accuracy": 0.8825}', '{"device": "CPU", "keras": "3.15.0", "data": "fingerprint"}', '', '{"checkpoint.npz": "checkpoint-0123.npz", "model.keras": "model-4567.keras"}');
INSERT INTO public.runs VALUES ('ao0U_9IyC2jFVJ-u', 'bob', 'Zahlen – “数字” ''quoted''', 1795474564.5885282, 'failed', '{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}', '', 'second', 1795474564.5925798, 1795474564.59258, 0, 0, 0, 0, NULL, NULL, NULL, '{}', 'The loss ran away. Try a learning rate a tenth of 10.', '{}');
INSERT INTO public.runs VALUES ('DmkxaYSPsPv5tehk', 'ann', '784-16-10', 1795474564.5947497, 'running', '{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}', 'pause', 'third', 1795474564.59859, 1795474564.5997381, 3, 10, 0, 0, NULL, NULL, NULL, '{}', '', '{}');
INSERT INTO public.runs VALUES ('FAQpr1we92ZFDhzr', 'cem', '784-16-10', 1795474564.6041079, 'queued', '{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}', '', '', NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, '{}', '', '{}');
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_pkey PRIMARY KEY (run_id, epoch);
ALTER TABLE ONLY public.points
    ADD CONSTRAINT points_pkey PRIMARY KEY (run_id, last_step);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);
CREATE INDEX runs_by_state ON public.runs USING btree (state, created_at);
CREATE INDEX runs_by_visitor ON public.runs USING btree (visitor, created_at);
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.points
    ADD CONSTRAINT points_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;
