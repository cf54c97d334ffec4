import Logging
import TerminalUI

/// The log as JSON lines, for `--ui json`.
struct JSONLogHandler: LogHandler {
    let console: Console
    let label: String
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = console.object("log")
        line.add("level", event.level.rawValue)
        line.add("label", label)
        line.add("message", event.message.description)
        let all = metadata.merging(event.metadata ?? [:]) { _, last in last }
        for (key, value) in all.sorted(by: { $0.key < $1.key })
        where !["type", "time", "level", "label", "message"].contains(key) {
            line.add(key, value.description)
        }
        console.line(line.text)
    }
}
