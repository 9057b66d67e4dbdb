/// The only package that links native functions and that turns addresses into segments.
///
/// One class per group of functions; each function has a holder class of its own, so that a program
/// that needs one of them links one of them. Every function is linked with `long` parameters (an
/// `int` travels sign-extended in the same register on x86-64 and on arm64), which keeps the number
/// of call shapes, and so the cost of the first calls, small.
///
/// Results are `0` or more, or the negated error number. No call allocates after the first call of
/// a thread. Addresses come in as `long`: the callers in `io.famfs.os` check bounds, kind and
/// liveness of the segment first, see [io.famfs.os.libc.Pointers].
package io.famfs.os.libc;
