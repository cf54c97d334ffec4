internal import CSVCodec
internal import DecartAPI
internal import JobJournal
public import JournaledClient

/// A file with an order a line: CSV whose header has the names, or a JSON object a line. What is empty in CSV, or null,
/// is not given.
public struct OrderFile: Sendable {
    /// An order, and the line where it begins, counted from 1.
    public struct Entry: Sendable {
        public var line: Int
        public var order: JobOrder

        public init(line: Int, order: JobOrder) {
            self.line = line
            self.order = order
        }
    }

    public enum Format: Sendable {
        case csv, jsonLines

        /// By the end of a file's name; nil for one that says nothing.
        public init?(fileNamed name: String) {
            switch name.split(separator: ".").last?.lowercased() {
            case "csv": self = .csv
            case "jsonl", "ndjson": self = .jsonLines
            default: return nil
            }
        }
    }

    /// Everything that is wrong with a file. Nothing of it is used then.
    public struct Faults: Error, Sendable {
        public struct Fault: Hashable, Sendable {
            public var line: Int
            public var message: String

            public init(line: Int, message: String) {
                self.line = line
                self.message = message
            }
        }

        public var all: [Fault]

        public init(_ all: [Fault]) {
            self.all = all
        }
    }

    public let entries: [Entry]

    /// - Parameter defaults: for what an order does not say itself.
    public init(
        _ bytes: [UInt8], _ format: Format, defaults: OrderFields = OrderFields()
    ) throws(Faults) {
        let lines =
            switch format {
            case .csv: try Self.csv(bytes)
            case .jsonLines: try Self.jsonLines(bytes)
            }
        var entries: [Entry] = []
        var faults: [Faults.Fault] = []
        var keys: [String: Int] = [:]
        for (line, fields) in lines {
            do throws(DecartError) {
                let order = try fields.completed(by: defaults).order()
                if let key = order.terms.key, let first = keys.updateValue(line, forKey: key) {
                    throw DecartError(
                        .invalidOptions,
                        "The key \(Excerpt.quoted(key)) stands in line \(first) too. Give each job its own.")
                }
                entries.append(Entry(line: line, order: order))
            } catch {
                faults.append(Faults.Fault(line: line, message: error.message))
            }
        }
        guard faults.isEmpty else { throw Faults(faults) }
        self.entries = entries
    }

    private static func csv(_ bytes: [UInt8]) throws(Faults) -> [(line: Int, fields: OrderFields)] {
        let table: CSVTable
        do throws(CSVError) {
            table = try CSVTable(decoding: bytes)
        } catch {
            throw Faults([Faults.Fault(line: error.line, message: "This is not CSV: \(error.reason).")])
        }
        return table.records.map { record in
            var fields = OrderFields()
            for (name, value) in zip(table.names, record.fields) where !value.isEmpty {
                fields[String(decoding: name, as: UTF8.self)] = .text(value)
            }
            return (record.line, fields)
        }
    }

    private static func jsonLines(_ bytes: [UInt8]) throws(Faults) -> [(line: Int, fields: OrderFields)] {
        var lines: [(Int, OrderFields)] = []
        var faults: [Faults.Fault] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { continue }
            do throws(JSONError) {
                guard case .object(let members) = try JSONValue(parsing: Array(line)) else {
                    faults.append(Faults.Fault(line: index + 1, message: "This is no JSON object."))
                    continue
                }
                let values = members.filter { $0.value != .null }.mapValues { OrderFields.Value.json($0) }
                lines.append((index + 1, OrderFields(values)))
            } catch {
                faults.append(Faults.Fault(line: index + 1, message: "This is not JSON: \(error)."))
            }
        }
        guard faults.isEmpty else { throw Faults(faults) }
        return lines
    }
}
