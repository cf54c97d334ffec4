import DecartAPI
import Glibc
import JobJournal
import LiveDocument
import RunClock
import TerminalUI

/// `decart-lua jobs watch --fleet`: who is at work, what waits, and what it has cost today, live, until nobody is at
/// work and nothing is left to do.
struct FleetWatch {
    private static let interval: Duration = .seconds(1)

    let access: JournalAccess
    /// Whether each change is a JSON object on standard output, in place of a live view.
    let isJSON: Bool

    func run() async throws -> Int32 {
        let work = Task { try await watch() }
        let signals = StopSignals { _ in
            work.cancel()
        } leave: {
            ProcessEnd.now(128 + $0)
        }
        defer { _ = signals }
        return try await work.value
    }

    private func watch() async throws -> Int32 {
        let screen = isJSON ? nil : Screen(access.clock)
        defer { screen?.close() }
        var last: JSONValue?
        while true {
            let fleet = try await FleetState(access)
            if let screen {
                screen.show(fleet.lines(now: screen.isLive ? access.journal.now : nil))
            } else if fleet.json != last {
                last = fleet.json
                print(fleet.json.serializedText)
                Console.flush()
            }
            if fleet.isIdle { return 0 }
            do {
                try await access.clock.sleep(for: Self.interval)
            } catch {
                return 130
            }
        }
    }

    /// Lines that stand below one another and change.
    private final class Screen {
        private let renderer: any DocumentRenderer
        let isLive: Bool
        private var document = LiveDocument()
        private var elements: [ElementID] = []

        init(_ clock: any RunClock) {
            let terminal = Renderers.terminal(.auto, .auto, clock, Console())
            isLive = terminal != nil
            renderer = terminal ?? LineRenderer(.plain, clock: clock) { Console().line($0) }
        }

        func show(_ lines: [String]) {
            while elements.count < lines.count {
                let element = document.createElement(.p)
                document.append(element, to: .body)
                elements.append(element)
            }
            while elements.count > lines.count { document.remove(elements.removeLast()) }
            for (element, line) in zip(elements, lines) { document.set(.textContent, of: element, to: .text(line)) }
            renderer.update(from: &document)
        }

        func close() { renderer.close(.scriptEnded) }
    }
}

/// The fleet at one moment.
struct FleetState {
    /// The states in which there is something left to do.
    private static let open: [JobState] = [.wanted, .claimed, .sending, .accepted, .running, .completed]

    let members: [FleetMember]
    let counts: [JobState: Int]
    let spend: SpendSummary

    init(_ access: JournalAccess) async throws {
        guard access.exists else {
            (members, counts, spend) = ([], [:], SpendSummary())
            return
        }
        members = try await access.journal.fleet()
        counts = try await access.journal.counts()
        spend = try await access.journal.spend()
    }

    var isIdle: Bool { members.isEmpty && Self.open.allSatisfy { (counts[$0] ?? 0) == 0 } }

    /// - Parameter now: what times are told from; nil leaves out what changes by itself.
    func lines(now: Int64?) -> [String] {
        let header = ["HOST", "PID", "BUSY", "POLLS", "LABEL"] + (now == nil ? [] : ["SEEN"])
        let rows = members.map { member in
            [
                member.host, "\(member.pid)", "\(member.report.busy) of \(member.report.slots)", Self.rate(member),
                member.report.label ?? "",
            ] + (now.map { [TimeAgo.text(member.seenAt, now: $0)] } ?? [])
        }
        let table = members.isEmpty ? ["Nobody is at work."] : TextTable(header: header, rows: rows).lines
        let jobs = JobState.allCases.compactMap { state in
            counts[state].flatMap { $0 > 0 && state != .forgotten ? "\($0) \(state.rawValue)" : nil }
        }
        let day = spend.caps.filter { $0.scope == .day }.map(\.limit).min()
        var money = "today: \(spend.day)" + (day.map { " of \($0)" } ?? "")
        if spend.unknown > .zero { money += ", of which \(spend.unknown) may or may not have been spent" }
        return table + [jobs.isEmpty ? "no jobs" : jobs.joined(separator: ", "), money]
    }

    /// "5.3/s", or "2.0 of 5.3/s" where the service bears no more.
    private static func rate(_ member: FleetMember) -> String {
        let wanted = shown(member.report.wanted)
        guard let allowed = member.allowed, allowed < member.report.wanted else { return "\(wanted)/s" }
        return "\(shown(allowed)) of \(wanted)/s"
    }

    private static func shown(_ rate: Double) -> String {
        // What another process wrote down need not be a number that there is.
        guard let tenths = Int(exactly: (rate * 10).rounded()) else { return "?" }
        return "\(tenths / 10).\(tenths % 10)"
    }

    var json: JSONValue {
        let workers = members.map { member -> JSONValue in
            var object: [String: JSONValue] = [
                "host": .string(member.host), "pid": .integer(Int64(member.pid)),
                "slots": .integer(Int64(member.report.slots)), "busy": .integer(Int64(member.report.busy)),
                "rate": .number(member.report.wanted), "startedAt": .string(UTC.text(member.startedAt)),
            ]
            object["label"] = member.report.label.map { .string($0) } ?? .null
            object["run"] = member.run.map { .string($0) } ?? .null
            object["allowedRate"] = member.allowed.map { .number($0) } ?? .null
            return .object(object)
        }
        let caps = spend.caps.compactMap { cap in cap.scope.stored.map { ($0, JSONValue.number(cap.limit.dollars)) } }
        return [
            "workers": .array(workers),
            "jobs": .object(
                Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, .integer(Int64($0.value))) })),
            "spend": [
                "day": .number(spend.day.dollars), "unknown": .number(spend.unknown.dollars),
                "caps": .object(Dictionary(caps) { _, last in last }),
            ],
        ]
    }
}
