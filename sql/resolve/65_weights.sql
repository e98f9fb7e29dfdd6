-- The weights of the model of confidence, by kind of record and feature. Written by `make calibrate`: do not edit.

CREATE TABLE confidence_weights (record_type VARCHAR, feature VARCHAR, weight DOUBLE);

INSERT INTO confidence_weights VALUES
('agreement', 'by_nearness', -0.63),
('agreement', 'by_reference', 0.19),
('agreement', 'by_tense', 0.0),
('agreement', 'by_verb', 0.0),
('agreement', 'constant', 1.22),
('agreement', 'dated', 0.08),
('agreement', 'dated_to_day', 0.59),
('agreement', 'happened', 0.28),
('agreement', 'more_countries', 0.04),
('agreement', 'persons', 0.05),
('agreement', 'quoted', 0.19),
('agreement', 'raw', 0.34),
('agreement', 'told_again', 0.04),
('agreement', 'two_countries', 0.48),
('event', 'by_nearness', 0.15),
('event', 'by_reference', 0.0),
('event', 'by_tense', 0.31),
('event', 'by_verb', 0.08),
('event', 'constant', 0.05),
('event', 'dated', -0.36),
('event', 'dated_to_day', 0.17),
('event', 'happened', -0.08),
('event', 'more_countries', 0.03),
('event', 'persons', -0.17),
('event', 'quoted', 0.4),
('event', 'raw', 1.05),
('event', 'told_again', 0.77),
('event', 'two_countries', 0.4);
