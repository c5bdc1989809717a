// Package cells lays text out as terminals do, in cells: how wide it is, where it is cut, padded
// and folded, and what of it has to be escaped because a terminal would act on it instead of
// showing it. All of it is pure.
package cells
