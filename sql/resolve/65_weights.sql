-- The weights of the model of confidence, by kind of record and feature. Written by `make calibrate`: do not edit.

CREATE TABLE confidence_weights (record_type VARCHAR, feature VARCHAR, weight DOUBLE);

INSERT INTO confidence_weights VALUES
('agreement', 'by_nearness', -0.66),
('agreement', 'by_reference', 0.22),
('agreement', 'by_tense', 0.0),
('agreement', 'by_verb', 0.0),
('agreement', 'constant', 1.17),
('agreement', 'dated', 0.08),
('agreement', 'dated_to_day', 0.58),
('agreement', 'happened', 0.29),
('agreement', 'more_countries', 0.04),
('agreement', 'persons', 0.06),
('agreement', 'quoted', 0.19),
('agreement', 'raw', 0.36),
('agreement', 'told_again', 0.04),
('agreement', 'two_countries', 0.48),
('event', 'by_nearness', 0.14),
('event', 'by_reference', 0.01),
('event', 'by_tense', 0.31),
('event', 'by_verb', 0.08),
('event', 'constant', 0.09),
('event', 'dated', -0.36),
('event', 'dated_to_day', 0.17),
('event', 'happened', -0.09),
('event', 'more_countries', 0.06),
('event', 'persons', -0.15),
('event', 'quoted', 0.31),
('event', 'raw', 1.04),
('event', 'told_again', 0.78),
('event', 'two_countries', 0.36);
