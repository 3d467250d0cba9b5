BEGIN TRANSACTION;
CREATE TABLE epochs (
	run_id VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	last_step INTEGER NOT NULL, 
	loss FLOAT NOT NULL, 
	accuracy FLOAT NOT NULL, 
	validation_loss FLOAT, 
	validation_accuracy FLOAT, 
	seconds FLOAT NOT NULL, 
	PRIMARY KEY (run_id, epoch), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "epochs" VALUES('L7-CzN4MpIYY5ka6',1,5,0.9,0.7,0.8,0.75,1.5);
INSERT INTO "epochs" VALUES('L7-CzN4MpIYY5ka6',2,10,0.5,0.85,NULL,NULL,1.25);
CREATE TABLE points (
	run_id VARCHAR(32) NOT NULL, 
	last_step INTEGER NOT NULL, 
	steps BLOB NOT NULL, 
	losses BLOB NOT NULL, 
	accuracies BLOB NOT NULL, 
	PRIMARY KEY (run_id, last_step), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "points" VALUES('L7-CzN4MpIYY5ka6',5,X'0100000002000000030000000400000005000000',X'000000400000803FABAA2A3F0000003FCDCCCC3E',X'CDCCCC3D9A99993E0000003F3333333F6666663F');
INSERT INTO "points" VALUES('L7-CzN4MpIYY5ka6',10,X'060000000700000008000000090000000A000000',X'ABAAAA3E2549923E0000803E398E633ECDCC4C3E',X'CDCCCC3D9A99993E0000003F3333333F6666663F');
INSERT INTO "points" VALUES('9M29cYc_H6jUHNpD',3,X'010000000200000003000000',X'000000400000803FABAA2A3F',X'CDCCCC3D0000003F6666663F');
CREATE TABLE runs (
	id VARCHAR(32) NOT NULL, 
	visitor VARCHAR(64) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	created_at FLOAT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	settings JSON NOT NULL, 
	wish VARCHAR(16) NOT NULL, 
	ticket VARCHAR(64) NOT NULL, 
	started_at FLOAT, 
	reported_at FLOAT, 
	step INTEGER NOT NULL, 
	total_steps INTEGER NOT NULL, 
	steps_per_second FLOAT NOT NULL, 
	elapsed FLOAT NOT NULL, 
	first_batch JSON, 
	last_batch JSON, 
	test JSON, 
	origin JSON NOT NULL, 
	failure TEXT NOT NULL, 
	artifacts JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES('L7-CzN4MpIYY5ka6','ann','784-16-10',1795474564.08271,'finished','{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}','','first',1.79547456408871102329e+09,1.79547456409256482121e+09,10,10,80.5,2.75,'{"loss": 2.3, "accuracy": 0.1}','{"loss": 0.4, "accuracy": 0.9}','{"loss": 0.45, "accuracy": 0.8825}','{"device": "CPU", "keras": "3.15.0", "data": "fingerprint"}','','{"checkpoint.npz": "checkpoint-0123.npz", "model.keras": "model-4567.keras"}');
INSERT INTO "runs" VALUES('whLYO2XZpyoVJt9g','bob','Zahlen – “数字” ''quoted''',1.79547456409389352802e+09,'failed','{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}','','second',1.79547456409590935706e+09,1.79547456409590959545e+09,0,0,0.0,0.0,NULL,NULL,NULL,'{}','The loss ran away. Try a learning rate a tenth of 10.','{}');
INSERT INTO "runs" VALUES('9M29cYc_H6jUHNpD','ann','784-16-10',1.79547456409673237805e+09,'running','{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}','pause','third',1.79547456409857940674e+09,1.79547456409900569912e+09,3,10,0.0,0.0,NULL,NULL,NULL,'{}','','{}');
INSERT INTO "runs" VALUES('FlQKdy-4a1hmcbcn','cem','784-16-10',1.79547456410100030902e+09,'queued','{"hidden_layers": [16], "epochs": 2, "batch_size": 32, "seed": 7}','','',NULL,NULL,0,0,0.0,0.0,NULL,NULL,NULL,'{}','','{}');
CREATE INDEX runs_by_visitor ON runs (visitor, created_at);
CREATE INDEX runs_by_state ON runs (state, created_at);
COMMIT;
