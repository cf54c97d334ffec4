import DecartAPI
import DecartClient
import Foundation
import JobFleet
import JobJournal
import JournaledClient
import PlainErrors

extension JobsCommand {
    /// How many faults of a file are told.
    private static let shownFaults = 20

    /// `jobs add`: puts jobs into the queue, all of a file or none.
    func add(_ access: JournalAccess) async throws -> Int32 {
        let entries: [OrderFile.Entry]
        do throws(OrderFile.Faults) {
            entries = try Self.entries(order, label: label)
        } catch {
            return refuse(error)
        }
        let jobs: [QueuedJob]
        do {
            jobs = try await access.withClient(baseURL: baseURL) { try await $0.enqueue(entries.map(\.order)) }
        } catch let error as EnqueueError {
            switch error {
            case .failed(let error): throw error
            case .refused(let faults):
                return refuse(
                    OrderFile.Faults(
                        faults.map { fault in
                            OrderFile.Faults.Fault(line: entries[fault.index].line, message: "\(fault.error)")
                        }))
            }
        }
        if json {
            print(JSONValue.object(["jobs": .array(jobs.map(\.row.listed.json))]).serializedText)
            return 0
        }
        let added = jobs.filter(\.isNew)
        if added.count == 1, jobs.count == 1 {
            print("1 job added: \(added[0].row.id)")
        } else {
            let known = jobs.count - added.count
            let there =
                known == 0
                ? ""
                : "; \(known) \(known == 1 ? "was" : "were") there already, by \(known == 1 ? "its key" : "their keys")"
            print("\(added.count) \(added.count == 1 ? "job" : "jobs") added\(there)")
        }
        return 0
    }

    private static func entries(_ options: OrderOptions, label: String?) throws(OrderFile.Faults) -> [OrderFile.Entry] {
        let fields = options.fields(label: label)
        guard let path = options.from else {
            do throws(DecartError) {
                return [OrderFile.Entry(line: 0, order: try fields.order())]
            } catch {
                throw OrderFile.Faults([OrderFile.Faults.Fault(line: 0, message: "\(error)")])
            }
        }
        guard let format = OrderFile.Format(fileNamed: path) else {
            throw OrderFile.Faults([
                OrderFile.Faults.Fault(
                    line: 0, message: "its name must end in .csv or .jsonl, so that it is known how to read it")
            ])
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw OrderFile.Faults([OrderFile.Faults.Fault(line: 0, message: "it cannot be read")])
        }
        let entries = try OrderFile(Array(data), format, defaults: fields).entries
        guard !entries.isEmpty else {
            throw OrderFile.Faults([OrderFile.Faults.Fault(line: 0, message: "there are no jobs in it")])
        }
        return entries
    }

    private func refuse(_ faults: OrderFile.Faults) -> Int32 {
        for fault in faults.all.prefix(Self.shownFaults) {
            let place = [order.from, fault.line > 0 ? "\(fault.line)" : nil].compactMap { $0 }.joined(separator: ":")
            Console().error("\(place.isEmpty ? "" : "\(place): ")\(fault.message)")
        }
        if faults.all.count > Self.shownFaults {
            Console().error("… and \(faults.all.count - Self.shownFaults) more lines are wrong")
        }
        if order.from != nil { Console().error("no job was added") }
        return 1
    }
}
