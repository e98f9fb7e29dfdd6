"""The parts of `verify`: each looks at one side of a package that may be hostile, and notes what is wrong with it.

What belongs here: reading what somebody else may have made. Nothing is followed out of the package's folder, no SQL of the
package is run, and nothing is unpacked beyond what its size allows. What verify is made of is in `release/verify.py`; the
bounds of memory and time are those of the process that it runs in (`bounded.py`).
"""
