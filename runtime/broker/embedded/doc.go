// Package embedded is a Kafka inside the process: kfake, a fake meant for
// tests, made fit to be used as a product.
//
// What kfake does not bring is added here:
//
//   - its log lies on disk, in a folder that is kept or in a temporary one, so
//     that records take no memory (folder.go);
//   - a lock keeps a second process out of the folder (folder.go);
//   - a guard looks at each request before kfake does, because a frame that is
//     no Kafka request would end the process or take a gigabyte (guard.go);
//   - its cleaner stays off: it loses the last committed value of a key when
//     it runs while a transaction is open that aborts later (settings.go);
//   - transactions that a crash interrupts are aborted with markers, without
//     which they would come back (recovery.go);
//   - deleted consumer groups are taken out of the log of groups, from which they
//     would come back after a crash (groups.go);
//   - users are those that a start names, and no file keeps their passwords (folder.go);
//   - names and sizes of topics are checked, and a topic made by writing to it
//     is on disk at once (topics.go);
//   - it may listen on and advertise any address; the engine in the same
//     process reaches it through memory, without a socket (listener.go).
//
// The data survives a killed process. Like Apache Kafka with its defaults it
// is not synced batch by batch, so a crash of the machine may lose the last
// records.
package embedded
