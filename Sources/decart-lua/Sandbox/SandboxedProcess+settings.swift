import DecartAPI
import DecartClient
import DecartModule
import SandboxLink
import SandboxedScript
import ScriptPermissions

/// The journal as the keeper lets it be seen.
private struct KeptJournal: RunJournal {
    let keeper: LinkTransport

    func jobs(_ wanted: JSONValue) async throws(DecartError) -> [JSONValue] { try await keeper.jobs(wanted) }
    func spend() async throws(DecartError) -> JSONValue { try await keeper.spend() }
}

extension SandboxedProcess {
    /// Decides what the script may do, and tells the keeper what it did where that is wanted.
    var guardian: SandboxGuard {
        var used: (@Sendable (PermissionKind, [UInt8]) -> Void)?
        if options.sandbox.audit != nil {
            used = { [connection] kind, what in connection.tell(LinkedUse(kind: kind, what: what)) }
        }
        var ask: (@Sendable (LinkedOpening) -> LinkedAnswer)?
        if greeting.canAsk { ask = { [connection] in connection.ask(.open($0)) } }
        return SandboxGuard(
            greeting.permissions, used: used, ask: ask,
            instead: command.map {
                "Under '\($0.name.rawValue) --sandbox' only .lua files below its folder can be read."
            })
    }

    /// The folder of what runs have learned; nil where the script may not read and write it.
    var stateFolder: String? { greeting.stateFolder }

    /// - Parameter keeper: carries requests; nil: the queue is in this process.
    func prepare(_ settings: inout DecartModule.Settings, keeper: LinkTransport?) {
        settings.files = GuardedFiles(guardian: guardian)
        guard let keeper else { return }
        settings.paidWork = keeper
        settings.runJournal = KeptJournal(keeper: keeper)
        settings.server = greeting.server.map { ServerOverride.keeper($0) }
        settings.clientFault = greeting.clientFault
    }
}
