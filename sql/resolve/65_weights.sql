-- The weights of the model of confidence, by kind of record and feature. Written by `make calibrate`: do not edit.

CREATE TABLE confidence_weights (record_type VARCHAR, feature VARCHAR, weight DOUBLE);

INSERT INTO confidence_weights VALUES
('agreement', 'by_nearness', -0.39),
('agreement', 'by_reference', -0.27),
('agreement', 'by_tense', 0.0),
('agreement', 'by_verb', 0.0),
('agreement', 'constant', 2.32),
('agreement', 'dated', -0.44),
('agreement', 'dated_to_day', 0.42),
('agreement', 'happened', 0.06),
('agreement', 'more_countries', 0.03),
('agreement', 'persons', -0.41),
('agreement', 'quoted', 0.18),
('agreement', 'raw', 0.11),
('agreement', 'told_again', 0.16),
('agreement', 'two_countries', 0.29),
('event', 'by_nearness', -0.19),
('event', 'by_reference', 0.15),
('event', 'by_tense', 0.51),
('event', 'by_verb', -0.16),
('event', 'constant', 0.01),
('event', 'dated', -0.31),
('event', 'dated_to_day', 0.18),
('event', 'happened', -0.15),
('event', 'more_countries', 0.55),
('event', 'persons', -0.12),
('event', 'quoted', 0.42),
('event', 'raw', 0.88),
('event', 'told_again', 0.46),
('event', 'two_countries', 0.8);
