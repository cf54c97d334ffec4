public import DecartAPI
import DecartClient
public import JournaledClient
public import RunClock
import SandboxLink
public import ScriptPermissions

/// What a keeper keeps, and what it lets its script process have.
public struct KeeperSettings: Sendable {
    /// The API, with the key; nil: the queue is in the script process.
    public var paid: JournaledClient?
    /// Carries requests to the API.
    public var transport: @Sendable () throws(DecartError) -> any QueueTransport
    /// Carries those to others.
    public var elsewhere: ElsewhereTransports
    public var permissions: Permissions
    public var files: ScriptFiles
    /// Whether anything may be paid for: there is a cap.
    public var mayPay: Bool
    public var clock: any RunClock
    public var news: any KeeperNews
    /// Who is asked for what is not allowed; nil: nobody.
    public var prompt: (any PermissionPrompt)?
    /// Where the script's document shows; nil: nowhere, and what is sent of it is a fault.
    public var display: (any KeeperDisplay)?
    /// Is told of each file that is about to be loaded, on a thread for files; nil: nobody wants to know.
    public var loads: (@Sendable (_ path: [UInt8]) -> Void)?

    public init(
        paid: JournaledClient?, transport: @escaping @Sendable () throws(DecartError) -> any QueueTransport,
        elsewhere: ElsewhereTransports, permissions: Permissions, files: ScriptFiles, mayPay: Bool,
        clock: any RunClock, news: any KeeperNews, prompt: (any PermissionPrompt)? = nil,
        display: (any KeeperDisplay)? = nil, loads: (@Sendable (_ path: [UInt8]) -> Void)? = nil
    ) {
        self.paid = paid
        self.transport = transport
        self.elsewhere = elsewhere
        self.permissions = permissions
        self.files = files
        self.mayPay = mayPay
        self.clock = clock
        self.news = news
        self.prompt = prompt
        self.display = display
        self.loads = loads
    }

    /// Lua that a script loads. Blocks.
    func load(_ question: LinkedQuestion) -> LinkedAnswer {
        guard let loads else { return files.answer(question) }
        switch question {
        case .chunk(let path):
            // Also what the script then reads by itself, if it may.
            if files.has(BytePath(bytes: path)) || permissions.file(BytePath(bytes: path)) != nil { loads(path) }
            return files.answer(question)
        default:
            guard case .file(let path, _) = files.answer(question) else { return files.answer(question) }
            loads(path)
            // As it is from now on: whatever changes after that is known.
            return files.answer(question)
        }
    }
}

/// Learns what happens on the link; on the keeper's loop.
public protocol KeeperNews: Sendable {
    func submitBegan()
    func submitEnded()
    func submitted(_ id: JobID)
    func submitFailed(_ error: DecartError)
    func saw(_ reply: JobReply)
    /// It has failed, its result has been handed over, or the server does not know it any more.
    func gone(_ id: JobID)
    /// A permission was used.
    func used(_ kind: PermissionKind, _ what: [UInt8])
    /// The script process has broken the protocol, and is ended for it.
    func broken(_ reason: String)
}
