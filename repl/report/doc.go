// Package report shows what comes of tests of SQL, for people and as JUnit's XML.
package report
