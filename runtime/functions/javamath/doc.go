// Package javamath computes the elementary functions as a Java virtual machine
// does, so that results agree with ksqlDB's to the last digit.
//
// Java allows its functions an error of one unit in the last place, and package
// math has such errors in other places. There are two kinds of functions here:
//
//   - Exp, Log, Pow, Sin, Cos and Tan, which the JVM has in machine code whose
//     results are nearly always the double nearest to the true value. They are
//     computed with twice the digits of a double, and rounded.
//   - Asin, Acos, Atan, Atan2, Sinh, Cosh, Tanh and Cbrt, which Java defines to
//     be those of fdlibm (StrictMath). They follow fdlibm step by step.
//     Where a processor multiplies and adds in one step (arm64), the last digit
//     may differ.
//
// The exceptional cases, NaN and the infinities, are Java's too.
package javamath
