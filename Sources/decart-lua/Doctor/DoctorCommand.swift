import ArgumentParser
import DecartAPI
import FoundationEssentials

/// `decart-lua doctor`: is everything there that a run needs?
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua doctor",
        abstract: "Check the key, the network and this machine, and say what to do.",
        discussion: """
            It makes one request, for the status of a job that does not exist: that costs nothing. The key is never \
            shown. Exits with 1 if something is wrong.
            """)

    @Option(help: ArgumentHelp("Check this server.", valueName: "url"))
    var baseURL: String?
    @Option(help: ArgumentHelp("The journal; DECART_JOURNAL, or the program's own, unless given.", valueName: "file"))
    var journal: String?
    @Flag(help: "Print JSON.")
    var json = false

    func execute() async -> Int32 {
        let facts = await DoctorFacts.gather(
            ProcessInfo.processInfo.environment, givenURL: baseURL, givenJournal: journal)
        var findings: [(name: String, finding: Finding)] = []
        for check in DoctorCheck.all { findings.append((check.name, await check.run(facts))) }
        let isWell = findings.allSatisfy { $0.finding.state != .wrong }
        if json {
            print(Self.object(findings, isWell: isWell).serializedText)
        } else {
            for line in Self.lines(findings) { print(line) }
        }
        return isWell ? 0 : 1
    }

    private static func lines(_ findings: [(name: String, finding: Finding)]) -> [String] {
        TextTable(
            header: [],
            rows: findings.map { name, finding in
                let advice = finding.advice.map { "; \($0)" } ?? ""
                return [finding.state.rawValue, name, finding.message + advice]
            }
        ).lines
    }

    private static func object(_ findings: [(name: String, finding: Finding)], isWell: Bool) -> JSONValue {
        let checks = findings.map { name, finding -> JSONValue in
            var members: [String: JSONValue] = [
                "name": .string(name), "state": .string(finding.state.rawValue), "message": .string(finding.message),
            ]
            members["advice"] = finding.advice.map { .string($0) }
            return .object(members)
        }
        return ["ok": .bool(isWell), "checks": .array(checks)]
    }
}
