import ArgumentParser
import DecartAPI
import JobJournal

/// `decart-lua spend`: what was spent, and the caps.
struct SpendCommand: JournalUser {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua spend",
        abstract: "Show what jobs have cost by estimate, and set caps.",
        discussion: """
            Days are by UTC. Amounts are estimates by the prices that this program knows, in dollars. --set stores a \
            cap for all processes that use the journal: day=20, run:NAME=5, label:NAME=50, or none in place of an \
            amount to take it away.
            """)

    @Flag(help: "By day.")
    var day = false
    @Flag(help: "By run.")
    var run = false
    @Flag(help: "By label.")
    var label = false
    @Flag(help: "By model.")
    var model = false
    @Option(help: ArgumentHelp("Store a cap.", valueName: "scope=dollars"))
    var set: [String] = []
    @Flag(help: "Print JSON.")
    var json = false
    @Option(help: ArgumentHelp("The journal; DECART_JOURNAL, or the program's own, unless given.", valueName: "file"))
    var journal: String?

    private var groupings: [SpendGrouping] {
        let chosen: [(isChosen: Bool, grouping: SpendGrouping)] = [
            (day, .day), (run, .run), (label, .label), (model, .model),
        ]
        return chosen.filter(\.isChosen).map(\.grouping)
    }

    func validate() throws {
        guard groupings.count <= 1 else { throw ValidationError("give one of --day, --run, --label and --model") }
        for text in set { _ = try Self.cap(text) }
    }

    private static func cap(_ text: String) throws -> (CapScope, Money?) {
        let equals = text.lastIndex(of: "=")
        guard let equals, let scope = CapScope(stored: String(text[..<equals])) else {
            throw ValidationError("--set takes day=DOLLARS, run:NAME=DOLLARS or label:NAME=DOLLARS, not '\(text)'")
        }
        let amount = String(text[text.index(after: equals)...])
        if amount == "none" { return (scope, nil) }
        guard let money = Money(typed: amount) else {
            throw ValidationError("--set takes dollars such as 20 or 0.50, or none, not '\(amount)'")
        }
        return (scope, money)
    }

    func perform() async throws -> Int32 {
        let access = try JournalAccess(given: journal, program: "spend")
        for text in set {
            let (scope, amount) = try Self.cap(text)
            try await access.journal.store(cap: amount, for: scope)
        }
        if let grouping = groupings.first { return try await table(grouping, access) }
        let summary = access.exists ? try await access.journal.spend() : SpendSummary()
        let newest = access.exists ? try await access.journal.spend(by: .run).first : nil
        if json {
            let caps = summary.caps.compactMap { cap in
                cap.scope.stored.map { ($0, JSONValue.number(cap.limit.dollars)) }
            }
            let object: [String: JSONValue] = [
                "day": .number(summary.day.dollars), "run": .number((newest?.charge ?? .zero).dollars),
                "caps": .object(Dictionary(caps) { _, last in last }), "unknown": .number(summary.unknown.dollars),
            ]
            print(JSONValue.object(object).serializedText)
            return 0
        }
        print("today:    \(summary.day)")
        if let newest, let name = newest.name { print("last run: \(newest.charge)  \(name.onOneLine)") }
        if summary.unknown > .zero {
            print("unknown:  \(summary.unknown), of submits whose reply was lost; it counts in the others")
        }
        if summary.unpriced > 0 {
            print(
                "unpriced: \(summary.unpriced) of today's jobs, whose cost nobody can tell; they count as nothing. "
                    + "A price goes into \(access.journal.settings.priceFile)")
        }
        for cap in summary.caps { print("cap:      \(cap.limit)  \((cap.scope.stored ?? "").onOneLine)") }
        print("By the prices of \(PriceList.documentedOn), estimated.")
        return 0
    }

    private static func cost(of row: SpendRow) -> String {
        row.unpriced == 0 ? "\(row.charge)" : "\(row.charge), and \(row.unpriced) unpriced"
    }

    private func table(_ grouping: SpendGrouping, _ access: JournalAccess) async throws -> Int32 {
        let rows = access.exists ? try await access.journal.spend(by: grouping) : []
        if json {
            let items = rows.map { row -> JSONValue in
                [
                    grouping.rawValue: row.name.map { .string($0) } ?? .null, "jobs": .integer(Int64(row.jobs)),
                    "charge": .number(row.charge.dollars),
                ]
            }
            print(JSONValue.object(["spend": .array(items)]).serializedText)
            return 0
        }
        let table = TextTable(
            header: [grouping.rawValue.uppercased(), "JOBS", "COST"],
            rows: rows.map { [$0.name ?? "–", "\($0.jobs)", Self.cost(of: $0)] })
        try StandardOutput.write(table.text)
        return 0
    }
}
