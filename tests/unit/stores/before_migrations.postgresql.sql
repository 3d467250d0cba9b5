CREATE TABLE public.corrections (
    id integer NOT NULL,
    visitor character varying(64) NOT NULL,
    image bytea NOT NULL,
    label integer NOT NULL
);
CREATE SEQUENCE public.corrections_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.corrections_id_seq OWNED BY public.corrections.id;
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
    taught json,
    artifacts json NOT NULL
);
ALTER TABLE ONLY public.corrections ALTER COLUMN id SET DEFAULT nextval('public.corrections_id_seq'::regclass);
INSERT INTO public.corrections VALUES (1, 'ann', '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff00000000000000000000000000000000', 7);
INSERT INTO public.corrections VALUES (2, 'ann', '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff00000000000000000000000000000000', 4);
INSERT INTO public.epochs VALUES ('XOM9LQqZe9oxBhwx', 1, 5, 0.9, 0.7, 0.8, 0.75, 1.5);
INSERT INTO public.epochs VALUES ('XOM9LQqZe9oxBhwx', 2, 10, 0.5, 0.85, NULL, NULL, 1.25);
INSERT INTO public.points VALUES ('XOM9LQqZe9oxBhwx', 5, '\x0100000002000000030000000400000005000000', '\x000000400000803fabaa2a3f0000003fcdcccc3e', '\xcdcccc3d9a99993e0000003f3333333f6666663f');
INSERT INTO public.points VALUES ('XOM9LQqZe9oxBhwx', 10, '\x060000000700000008000000090000000a000000', '\xabaaaa3e2549923e0000803e398e633ecdcc4c3e', '\xcdcccc3d9a99993e0000003f3333333f6666663f');
INSERT INTO public.points VALUES ('_FXFBU6P5gxCaGiu', 3, '\x010000000200000003000000', '\x000000400000803fabaa2a3f', '\xcdcccc3d0000003f6666663f');
INSERT INTO public.runs VALUES ('XOM9LQqZe9oxBhwx', 'ann', '784-16-10', 1795474567.6517808, 'finished', '{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}', '', 'first', 1795474567.6653414, 1795474567.6738968, 10, 10, 80.5, 2.75, '{"loss": 2.3, "accuracy": 0.1}', '{"loss": 0.4, "accuracy": 0.9}', '{"loss": 0.45, "accuracy": 0.8825}', '{"device": "CPU", "keras": "3.15.0", "data": "fingerprint"}', '', NULL, '{"checkpoint.npz": "checkpoint-0123.npz", "model.keras": "model-4567.keras"}');
INSERT INTO public.runs VALUES ('1YaEX3HnlYQ5LmoQ', 'bob', 'Zahlen – “数字” ''quoted''', 1795474567.677661, 'failed', '{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}', '', 'second', 1795474567.683382, 1795474567.6833825, 0, 0, 0, 0, NULL, NULL, NULL, '{}', 'The loss ran away. Try a learning rate a tenth of 10.', NULL, '{}');
INSERT INTO public.runs VALUES ('_FXFBU6P5gxCaGiu', 'ann', '784-16-10', 1795474567.6858442, 'running', '{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}', 'pause', 'third', 1795474567.6912951, 1795474567.6925378, 3, 10, 0, 0, NULL, NULL, NULL, '{}', '', NULL, '{}');
INSERT INTO public.runs VALUES ('0xTxoYBiJXxiLoNZ', 'cem', '784-16-10', 1795474567.6973147, 'queued', '{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}', '', '', NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, '{}', '', NULL, '{}');
INSERT INTO public.runs VALUES ('SVV6MP_kypN-Bwzv', 'ann', '784-16-10, taught', 1795474567.699174, 'finished', '{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}', '', '', NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, '{}', '', '{"from": "XOM9LQqZe9oxBhwx", "drawings": 2, "before": 0.4, "after": 0.9}', '{}');
SELECT pg_catalog.setval('public.corrections_id_seq', 2, true);
ALTER TABLE ONLY public.corrections
    ADD CONSTRAINT corrections_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_pkey PRIMARY KEY (run_id, epoch);
ALTER TABLE ONLY public.points
    ADD CONSTRAINT points_pkey PRIMARY KEY (run_id, last_step);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);
CREATE INDEX ix_corrections_visitor ON public.corrections USING btree (visitor);
CREATE INDEX runs_by_state ON public.runs USING btree (state, created_at);
CREATE INDEX runs_by_visitor ON public.runs USING btree (visitor, created_at);
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.points
    ADD CONSTRAINT points_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;
