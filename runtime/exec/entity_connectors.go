package exec

import "github.com/ksqlite/ksqlite/parser/ast"

// noConnect is what is to be said about connectors.
const noConnect = "There is no Kafka Connect here: connectors have to be managed where it runs"

// Connectors is the answer of SHOW CONNECTORS. It is always empty: there is no
// Kafka Connect.
type Connectors struct {
	Head
	Connectors []struct{} `json:"connectors"`
}

// Blocks returns an empty table.
func (*Connectors) Blocks() []Block {
	return []Block{{Table: &Table{Header: []string{"Connector Name", "Type", "Class", "Status"}}}}
}

// ConnectorPlugins is the answer of SHOW CONNECTOR PLUGINS, as empty as the other.
type ConnectorPlugins struct {
	Head
	Plugins []struct{} `json:"connectorsPlugins"`
}

// Blocks returns an empty table.
func (*ConnectorPlugins) Blocks() []Block {
	return []Block{{Table: &Table{Header: []string{"Class", "Type", "Version"}}}}
}

// listNoConnectors is SHOW CONNECTORS and SHOW CONNECTOR PLUGINS.
func (*Session) listNoConnectors(st Statement) (*Result, error) {
	result := &Result{Warnings: []string{noConnect + "."}}
	if _, ok := st.Statement.(*ast.ListConnectors); ok {
		result.Entity = &Connectors{Head: Head{Type: "connector_list"}, Connectors: []struct{}{}}
	} else {
		result.Entity = &ConnectorPlugins{Head: Head{Type: "connector_plugins_list"}, Plugins: []struct{}{}}
	}
	return result, nil
}
