"""Fuzzing of everything that reads foreign bytes: `make fuzz`, and a short, always equal slice of it in `make test`."""
