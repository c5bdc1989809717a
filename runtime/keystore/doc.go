// Package keystore reads the certificates and keys that the ssl.* properties of Java's
// clients name, and makes a TLS configuration of them. Stores are in PEM, PKCS12 or JKS; what a
// file holds is told from its content, as Java does.
//
// Errors name the property that is wrong, and never show a password or a key. The package is
// not promised to stay stable.
package keystore
