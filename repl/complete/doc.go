// Package complete knows how a statement that is being typed could go on, and what colours it
// has. What is possible where, the parser says; which names there are, the engine's session.
package complete
