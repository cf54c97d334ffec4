import DecartAPI
import DecartClient
import PlainErrors
import ScriptPermissions

/// Which requests of a script process may leave: the API's own paths, for what this run has made, and permitted hosts.
/// Whatever the script process says of itself does not count.
struct RequestRules: Sendable {
    /// What a request is, if it may be made.
    enum Verdict: Hashable, Sendable {
        case status(JobID)
        case result(JobID)
        case upload
        case file(id: String)
        case resolve
        /// To another server, without the key.
        case elsewhere(WebPlace, needsPublicAddress: Bool)

        /// Whether the reply is passed on as it comes, whether or not that was asked for: it may be of any length.
        var mayBeLong: Bool {
            switch self {
            case .result, .elsewhere: true
            case .status, .upload, .file, .resolve: false
            }
        }
    }

    /// How many of a server's redirects are remembered.
    private static let redirectLimit = 256

    private let base: String
    /// What the API's own addresses begin with.
    private let root: String
    private let permissions: Permissions
    /// By their segments of a path.
    private var jobs: [String: JobID] = [:]
    /// By the addresses of their statuses: what is asked for most.
    private var polls: [String: JobID] = [:]
    private var files: Set<String> = []
    /// Where the server itself has led to: a result may lie with another host.
    private var redirects: [String] = []

    /// - Parameter base: the API's address, without a slash at its end.
    init(base: String, permissions: Permissions) {
        self.base = base
        root = base + "/"
        self.permissions = permissions
    }

    mutating func made(job: JobID) {
        jobs[job.pathSegment] = job
        polls["\(root)v1/jobs/\(job.pathSegment)"] = job
    }

    func hasMade(job: JobID) -> Bool { jobs[job.pathSegment] != nil }
    mutating func made(file id: String) { files.insert(id) }

    /// Whether the script may talk to it, and not only the server's own redirects may lead there.
    func isPermitted(_ place: WebPlace) -> Bool { permissions.reaches(host: place.host, port: place.port).isAllowed }

    /// The host of a request that was refused, if the user may be asked for it; nil where nothing allows the request.
    func askable(_ refusal: PermissionRefusal, _ url: String) -> HostRule? {
        guard refusal.flag == "--allow-net", let place = WebPlace(url), !permissions.net.deniesAll,
            !permissions.denies(host: place.host, port: place.port)
        else { return nil }
        return place.rule
    }

    /// What a request is that the user has allowed. A name that leads into this network was not what somebody has agreed
    /// to who was shown the name.
    static func agreed(_ url: String) -> Verdict? {
        guard let place = WebPlace(url) else { return nil }
        return .elsewhere(place, needsPublicAddress: !place.saysItsAddress)
    }

    mutating func led(to url: String) {
        guard !redirects.contains(url) else { return }
        if redirects.count == Self.redirectLimit { redirects.removeFirst() }
        redirects.append(url)
    }

    func verdict(_ method: TransportRequest.Method, _ url: String) -> Result<Verdict, PermissionRefusal> {
        guard url.utf8.count <= 8192, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return .failure(.init("The address is longer than 8192 bytes, or has characters that no address has."))
        }
        // Only now: to Swift some texts are equal that are not the same bytes, but none of them in ASCII.
        if method == .get, let job = polls[url] { return .success(.status(job)) }
        if url.utf8.starts(with: root.utf8), let known = ofAPI(method, url.utf8.dropFirst(root.utf8.count)) {
            return known
        }
        return elsewhere(method, url)
    }

    /// Nil for a path that the API does not have.
    ///
    /// - Parameter path: behind its first slash, in ASCII.
    private func ofAPI(
        _ method: TransportRequest.Method, _ path: Substring.UTF8View
    ) -> Result<Verdict, PermissionRefusal>? {
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        switch (method, segments.count) {
        case (.post, 2) where segments == ["v1", "files"]: return .success(.upload)
        case (.post, 3) where segments == ["v1", "models", "resolve"]: return .success(.resolve)
        case (.get, 3) where segments.starts(with: ["v1", "jobs"]): return job(segments[2]) { .status($0) }
        case (.get, 4) where segments.starts(with: ["v1", "jobs"]) && segments[3] == "content":
            return job(segments[2]) { .result($0) }
        case (.get, 3) where segments.starts(with: ["v1", "files"]),
            (.delete, 3) where segments.starts(with: ["v1", "files"]):
            guard files.contains(segments[2]) else {
                return .failure(.init("The file \(Excerpt.quoted(segments[2])) was not uploaded by this run."))
            }
            return .success(.file(id: segments[2]))
        case (.post, 3) where segments == ["v1", "client", "tokens"]:
            return .failure(.init("A script under --sandbox can make no tokens: nothing allows that."))
        default: return nil
        }
    }

    private func job(_ segment: String, _ verdict: (JobID) -> Verdict) -> Result<Verdict, PermissionRefusal> {
        guard let job = jobs[segment] else {
            return .failure(
                .init(
                    "The job \(Excerpt.quoted(segment)) was not submitted by this run. Under --sandbox a script has only "
                        + "its own."))
        }
        return .success(verdict(job))
    }

    private func elsewhere(
        _ method: TransportRequest.Method, _ url: String
    ) -> Result<Verdict, PermissionRefusal> {
        guard let place = WebPlace(url) else { return .failure(.init("That is no http(s) address.")) }
        let (isAllowed, isNamed) = permissions.reaches(host: place.host, port: place.port)
        if isAllowed {
            return .success(.elsewhere(place, needsPublicAddress: !isNamed))
        }
        // The server says where its own results are; it may name any host but those of this network, unless it is one
        // of them itself.
        if method == .get, redirects.contains(url), !permissions.denies(host: place.host, port: place.port) {
            let isOwnHost = WebPlace(base)?.host == place.host
            return .success(.elsewhere(place, needsPublicAddress: !isOwnHost))
        }
        let shown = place.rule.description
        guard !permissions.denies(host: place.host, port: place.port) else {
            return .failure(
                .init(
                    "The script may not talk to \(Excerpt.quoted(shown)): --deny-net takes it away.",
                    flag: "--deny-net",
                    what: shown))
        }
        return .failure(
            .init(
                "The script may not talk to \(Excerpt.quoted(shown)). \(ShellWord.quoted("--allow-net=\(shown)")) allows it.",
                flag: "--allow-net", what: shown))
    }
}

/// What is refused, as scripts get to know it.
struct PermissionRefusal: Error, Hashable, Sendable {
    var message: String
    var flag: String?
    var what: String?

    init(_ message: String, flag: String? = nil, what: String? = nil) {
        self.message = message
        self.flag = flag
        self.what = what
    }

    var error: DecartError {
        var error = DecartError(.permissionDenied, message)
        error.data["flag"] = flag.map { .string($0) }
        error.data["what"] = what.map { .string($0) }
        return error
    }
}
