// Package credentials makes a log-in of the sasl.* properties of a Kafka client: PLAIN,
// SCRAM-SHA-256 and -512, OAUTHBEARER with tokens of an endpoint, a file or made here, and
// AWS_MSK_IAM with the credentials that Amazon's own programs find.
//
// Errors name the property that is wrong and never show what is in it. The package is not
// promised to stay stable.
package credentials
