-- The weights of the model of confidence, by kind of record and feature. Written by `make calibrate`: do not edit.

CREATE TABLE confidence_weights (record_type VARCHAR, feature VARCHAR, weight DOUBLE);

INSERT INTO confidence_weights VALUES
('agreement', 'by_nearness', 0.0),
('agreement', 'by_reference', -0.43),
('agreement', 'by_tense', 0.0),
('agreement', 'by_verb', 0.0),
('agreement', 'constant', 2.8),
('agreement', 'dated', -0.18),
('agreement', 'dated_to_day', 0.3),
('agreement', 'happened', 0.17),
('agreement', 'more_countries', 0.02),
('agreement', 'persons', -0.48),
('agreement', 'quoted', 0.16),
('agreement', 'raw', -0.11),
('agreement', 'told_again', 0.14),
('agreement', 'two_countries', 0.29),
('event', 'by_nearness', -0.23),
('event', 'by_reference', 0.03),
('event', 'by_tense', 0.56),
('event', 'by_verb', -0.09),
('event', 'constant', -0.11),
('event', 'dated', -0.35),
('event', 'dated_to_day', 0.25),
('event', 'happened', -0.09),
('event', 'more_countries', 0.52),
('event', 'persons', 0.11),
('event', 'quoted', 0.33),
('event', 'raw', 0.94),
('event', 'told_again', 0.41),
('event', 'two_countries', 0.73);
