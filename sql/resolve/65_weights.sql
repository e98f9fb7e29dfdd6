-- The weights of the model of confidence, by kind of record and feature. Written by `make calibrate`: do not edit.

CREATE TABLE confidence_weights (record_type VARCHAR, feature VARCHAR, weight DOUBLE);

INSERT INTO confidence_weights VALUES
('agreement', 'by_nearness', -0.38),
('agreement', 'by_reference', -0.1),
('agreement', 'by_tense', 0.0),
('agreement', 'by_verb', 0.0),
('agreement', 'constant', 1.55),
('agreement', 'dated', -0.19),
('agreement', 'dated_to_day', 0.65),
('agreement', 'happened', 0.35),
('agreement', 'more_countries', 0.05),
('agreement', 'persons', -0.12),
('agreement', 'quoted', 0.19),
('agreement', 'raw', 0.33),
('agreement', 'told_again', 0.03),
('agreement', 'two_countries', 0.31),
('event', 'by_nearness', 0.24),
('event', 'by_reference', 0.1),
('event', 'by_tense', 0.37),
('event', 'by_verb', -0.03),
('event', 'constant', -0.16),
('event', 'dated', -0.35),
('event', 'dated_to_day', 0.32),
('event', 'happened', -0.06),
('event', 'more_countries', 0.39),
('event', 'persons', -0.17),
('event', 'quoted', 0.29),
('event', 'raw', 1.2),
('event', 'told_again', 0.28),
('event', 'two_countries', 0.39);
