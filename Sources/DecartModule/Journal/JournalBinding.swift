internal import DecartAPI
internal import JobJournal
internal import LuaVM
internal import RunClock
internal import ScriptReference
internal import ScriptRuntime

/// `decart.jobs`, `decart.spend` and `decart.prices`: what was written down of paid jobs, and what they cost.
final class JournalBinding {
    private let journal: Journal
    private let elsewhere: (any RunJournal)?

    /// - Parameter elsewhere: the journal in another process, which shows what is of this run only.
    init(journal: Journal, elsewhere: (any RunJournal)? = nil) {
        self.journal = journal
        self.elsewhere = elsewhere
    }

    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        runtime.describe { [Self.jobRecord, Self.spendRecord] }
        try runtime.announce(
            ScriptPart(
                "journal", functions: [("decart", ["spend", "prices"]), ("decart.jobs", ["list", "get"])]
            ) { [self] in
                [
                    ScriptGroup(
                        GroupDescription(
                            "decart", type: "Decart", "",
                            fields: [FieldDescription("jobs", .named("Jobs"), "The jobs that were paid for.")]),
                        [spendFunction(), pricesFunction()]),
                    ScriptGroup(
                        GroupDescription(
                            "decart.jobs", type: "Jobs", "The jobs that were paid for, in this run and before."),
                        [listFunction(), getFunction()]),
                ]
            })
    }

    private func listFunction() -> ScriptFunction {
        ScriptFunction(
            "list", "The jobs that were written down, newest first.",
            Argument.options([
                OptionDescription("state", .choice(JobState.allCases.map(\.rawValue)), "Only those."),
                OptionDescription("label", .string, "Only jobs with this label."),
                OptionDescription("run", .string, "Only jobs of this run."),
                OptionDescription(
                    "since", .either([.number(unit: .milliseconds), .string]),
                    "Only jobs submitted then or later: milliseconds since 1970, or a text such as \"2h\" or "
                        + "\"2026-08-01\"."),
            ]), gives: [ResultDescription(.list(.named("JournaledJob")))], waits: true
        ) { [self] _, options throws(LuaError) in
            let journal = journal
            let elsewhere = elsewhere
            let state = options.text("state").flatMap(JobState.init(rawValue:))
            var query = JobQuery(states: state.map { [$0] }, label: options.text("label"), run: options.text("run"))
            if let text = options.text("since") {
                guard let time = TimeAgo.milliseconds(text, now: journal.now) else {
                    throw .invalidOptions("since of list must be such as 2h, 3d or 2026-08-01.")
                }
                query.since = time
            } else {
                query.since = options.number("since").map { Int64(exactly: $0.rounded()) ?? ($0 < 0 ? .min : .max) }
            }
            let asked = query
            return .call { () async throws(DecartError) in
                guard let elsewhere else { return try await journal.list(asked).map(\.json) }
                // Jobs of other runs are none of a sandboxed script's affair, so that it has none of them.
                guard asked.run ?? "" == "" || asked.run == journal.settings.run.name else { return [] }
                return try await elsewhere.jobs(asked.linked)
            } conclude: {
                $0.result { .table(LuaTable(sequence: $0.map { LuaValue($0) })) }
            }
        }
    }

    private func getFunction() -> ScriptFunction {
        ScriptFunction(
            "get", "One job.", Argument.string("name", "Our id or the server's, or the beginning of one, or a key."),
            gives: [ResultDescription(.named("JournaledJob"), isOptional: true)], waits: true
        ) { [self] _, name throws(LuaError) in
            let journal = journal
            let elsewhere = elsewhere
            return .call { () async throws(DecartError) in
                let found =
                    if let elsewhere { try await elsewhere.jobs(["name": .string(name)]) } else {
                        try await journal.list(.named(name)).map(\.json)
                    }
                return found.first { job in ["id", "jobId", "key"].contains { job[$0]?.text == name } }
                    ?? (found.count == 1 ? found[0] : nil)
            } conclude: {
                $0.result { $0.map { LuaValue($0) } ?? .nil }
            }
        }
    }

    private func spendFunction() -> ScriptFunction {
        ScriptFunction(
            "spend", "What was spent, or may have been, by estimate, in dollars.",
            gives: [ResultDescription(.named("Spend"))], waits: true
        ) { [self] _ throws(LuaError) in
            if let elsewhere {
                return .call { () async throws(DecartError) in
                    try await elsewhere.spend()
                } conclude: {
                    $0.result { LuaValue($0) }
                }
            }
            let journal = journal
            return .call { () async throws(DecartError) in
                try await journal.spendOfRun()
            } conclude: {
                $0.result { summary in
                    let caps = summary.caps.compactMap { cap in
                        cap.scope.name.map { ($0, LuaValue.number(cap.limit.dollars)) }
                    }
                    return .table(
                        LuaTable(fields: [
                            ("run", .number(summary.run.dollars)), ("day", .number(summary.day.dollars)),
                            ("cap", .table(LuaTable(fields: caps))), ("unknown", .number(summary.unknown.dollars)),
                        ]))
                }
            }
        }
    }

    private func pricesFunction() -> ScriptFunction {
        ScriptFunction(
            "prices", "Raises what jobs are taken to cost; a price cannot be lowered.",
            Argument.value(
                "prices",
                "By a model's name or the path it is posted to: dollars a second for videos, dollars each for pictures.",
                type: .table),
            gives: [ResultDescription(.table, "All the prices, by path.")]
        ) { [self] call, given throws(LuaError) in
            guard elsewhere == nil || given == .nil else {
                throw LuaError(
                    DecartError(
                        .permissionDenied, "Prices are the journal's, which a script under --sandbox cannot change.",
                        data: ["what": "decart.prices"]))
            }
            if case .table(let table) = given, table.sequence.isEmpty {
                for entry in table.entries {
                    guard let name = entry.key.text, let dollars = entry.value.double,
                        let floor = Money(dollars: dollars)
                    else {
                        throw .invalidOptions("prices takes a table such as { [\"lucy-2.5\"] = 0.05 }, in dollars.")
                    }
                    try Self.raise(name, to: floor, in: journal)
                }
            } else if given != .nil {
                throw .invalidOptions("prices takes a table such as { [\"lucy-2.5\"] = 0.05 }, in dollars.")
            }
            call.push(LuaValue(.object(journal.prices.rows.mapValues(\.json))))
            return .returns
        }
    }

    private static func raise(_ name: String, to floor: Money, in journal: Journal) throws(LuaError) {
        if name.hasPrefix("/") {
            return journal.raisePrice(of: name, to: floor, isPicture: name.hasPrefix("/v1/generate/"))
        }
        let models = ModelCatalog.list().filter { $0.name == name && $0.kind != .realtime }
        guard !models.isEmpty else {
            throw .invalidOptions(
                "prices knows no model \(Excerpt.quoted(name)). Give the path that its jobs are posted to.")
        }
        for model in models {
            for path in [model.jobsPath, model.generatePath].compactMap({ $0 }) {
                journal.raisePrice(of: path, to: floor, isPicture: model.kind == .image)
            }
        }
    }

    private static let jobRecord = RecordDescription(
        "JournaledJob", "A job as it was written down.",
        fields: [
            FieldDescription("id", .string, "Its id here."),
            FieldDescription("jobId", .string, isOptional: true, "Its id at the server."),
            FieldDescription("state", .choice(JobState.allCases.map(\.rawValue)), "What became of it."),
            FieldDescription("model", .string, "As it was asked for."),
            FieldDescription("key", .string, isOptional: true, "Its key."),
            FieldDescription("label", .string, isOptional: true, "Its label."),
            FieldDescription("run", .string, isOptional: true, "The run that submitted it."),
            FieldDescription("estimate", .number, isOptional: true, "Dollars; nil if nobody could tell."),
            FieldDescription("charge", .number, "Dollars that count against caps."),
            FieldDescription("createdAt", .string, "When it was submitted, as ISO 8601."),
            FieldDescription("result", .string, isOptional: true, "Where its result is."),
            FieldDescription("error", .string, isOptional: true, "What went wrong."),
            FieldDescription("replayed", .boolean, isOptional: true, "Of `enqueue`: true for a key that was known."),
        ])

    private static let spendRecord = RecordDescription(
        "Spend", "Dollars, by estimate.",
        fields: [
            FieldDescription("run", .number, "In this run."),
            FieldDescription("day", .number, "Today, by UTC, with this key."),
            FieldDescription("cap", .table, "The caps in force: `day`, `run`, `label:NAME`."),
            FieldDescription("unknown", .number, "Of submits whose reply was lost; it counts in the others."),
        ])
}

extension JobQuery {
    /// What of it another process is asked for.
    fileprivate var linked: JSONValue {
        var wanted: [String: JSONValue] = [:]
        wanted["state"] = states?.first.map { .string($0.rawValue) }
        wanted["label"] = label.map { .string($0) }
        wanted["since"] = since.map { .integer($0) }
        return .object(wanted)
    }
}

extension CapScope {
    /// As scripts see it.
    fileprivate var name: String? {
        if case .run = self { "run" } else { stored }
    }
}
