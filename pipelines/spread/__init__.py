"""Work that others help with: processes of this machine or of a cluster, given pure functions from files to files through a store that all see."""
