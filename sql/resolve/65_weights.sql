-- The weights of the model of confidence, by kind of record and feature. Written by `make calibrate`: do not edit.

CREATE TABLE confidence_weights (record_type VARCHAR, feature VARCHAR, weight DOUBLE);

INSERT INTO confidence_weights VALUES
('agreement', 'by_nearness', -0.6),
('agreement', 'by_reference', 0.06),
('agreement', 'by_tense', 0.0),
('agreement', 'by_verb', 0.0),
('agreement', 'constant', 1.09),
('agreement', 'dated', -0.08),
('agreement', 'dated_to_day', 0.69),
('agreement', 'happened', 0.46),
('agreement', 'more_countries', 0.05),
('agreement', 'persons', 0.08),
('agreement', 'quoted', 0.22),
('agreement', 'raw', 0.32),
('agreement', 'told_again', 0.05),
('agreement', 'two_countries', 0.46),
('event', 'by_nearness', 0.15),
('event', 'by_reference', 0.0),
('event', 'by_tense', 0.33),
('event', 'by_verb', 0.05),
('event', 'constant', 0.01),
('event', 'dated', -0.4),
('event', 'dated_to_day', 0.21),
('event', 'happened', -0.03),
('event', 'more_countries', 0.03),
('event', 'persons', -0.15),
('event', 'quoted', 0.42),
('event', 'raw', 1.06),
('event', 'told_again', 0.77),
('event', 'two_countries', 0.39);
