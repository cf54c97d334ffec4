internal import DecartAPI
internal import DecartClient
internal import LuaVM
internal import RunClock
internal import ScriptReference
internal import ScriptRuntime

/// `decart.fetch`: requests to other servers, over the connections that the clients use.
struct FetchBinding {
    let transport: @Sendable () throws(DecartError) -> any QueueTransport
    let clock: any RunClock
    let blobs: BlobBinding
    let guardian: (any FileGuard)?

    /// The most bytes of a reply that are taken unless the script says otherwise or saves it.
    private static let byteLimit = 64 << 20

    func function(_ executor: any TaskExecutor) -> ScriptFunction {
        let url = Parameter<[UInt8]>("url", .string, "An http:// or https:// address.") {
            call, position, _ throws(LuaError) in
            guard call.type(position) == .string else {
                throw call.badArgument(position, "string expected, got \(call.type(position).rawValue)")
            }
            return try call.bytes(position)
        }
        return ScriptFunction(
            "fetch", "Makes a request to any server. The API key is never sent.", url, Argument.options(Self.options),
            gives: [ResultDescription(.named("Response"), "Whatever its status is.")], waits: true,
            details:
                "A GET follows up to five redirects, and leaves `headers` behind where one leads to another host. A connection that fails is `NETWORK_ERROR`; nothing is tried again."
        ) { [self] _, url, options throws(LuaError) in
            let request = try raising { () throws(DecartError) in try self.request(url, options) }
            let transport = try raising { () throws(DecartError) in try self.transport() }
            let fetcher = Fetcher(transport, clock, on: executor)
            return .call { () async throws(DecartError) in
                try await fetcher.fetch(request)
            } conclude: { [self] outcome in
                switch outcome {
                case .success(let reply): .values([response(reply)])
                case .failure(let error):
                    .error(LuaError(error, path: error.code == .fileError ? request.path : nil))
                }
            }
        }
    }

    private static let options = [
        OptionDescription(
            "method", .string, unlessGiven: "GET, with a body POST",
            "One of \(TransportRequest.Method.allCases.map(\.rawValue).listed)."),
        OptionDescription("headers", .table, "Headers by name."),
        OptionDescription("body", .string, "Bytes to send."),
        OptionDescription("json", .any, "A value to send as JSON, in place of `body`."),
        OptionDescription("timeout", .milliseconds, "How long it may take altogether; else 60 s without a byte."),
        OptionDescription(
            "maxBytes", .integer(atLeast: 0, unit: .bytes), unlessGiven: "64 MiB, with `path` no limit",
            "More are `REPLY_TOO_LARGE`."),
        OptionDescription("path", .string, "The file to save the reply's body to, whole or not at all."),
        OptionDescription("signal", .signal, "Cancels the call."),
    ]

    private func request(_ url: [UInt8], _ options: GivenOptions) throws(DecartError) -> FetchRequest {
        guard case .url(let address) = FileInput(pathOrURL: url) else {
            throw DecartError(
                .invalidOptions, "fetch takes an http:// or https:// URL, not \(Excerpt.quoted(url)).")
        }
        let json = options["json"]
        guard json == .nil || options["body"] == .nil else {
            throw DecartError(.invalidOptions, "fetch takes body or json, not both.")
        }
        let body = json == .nil ? options["body"].bytes : try JSONComposer.compose(json, isPretty: false)
        var request = try FetchRequest(try Self.method(options.text("method"), hasBody: body != nil), url: address)
        request.body = body
        if case .table(let headers) = options["headers"] { try Self.add(headers, to: &request) }
        if json != .nil, !request.headers.contains(where: { $0.name == "content-type" }) {
            try request.add(header: "content-type", value: Array("application/json".utf8))
        }
        request.timeout = options.number("timeout").map(Duration.fromMilliseconds)
        request.path = options["path"].bytes.map { BytePath(bytes: $0) }
        if let path = request.path { try guardian?.check(.write, path) }
        request.byteLimit = options.integer("maxBytes") ?? (request.path == nil ? Self.byteLimit : nil)
        return request
    }

    private static func method(
        _ given: String?, hasBody: Bool
    ) throws(DecartError) -> TransportRequest.Method {
        guard let given else { return hasBody ? .post : .get }
        guard let method = TransportRequest.Method(rawValue: given.uppercased()) else {
            throw DecartError(
                .invalidOptions,
                "method of fetch must be one of \(TransportRequest.Method.allCases.map(\.rawValue).listed), not "
                    + "\(Excerpt.quoted(given)).")
        }
        guard !hasBody || (method != .get && method != .head) else {
            throw DecartError(
                .invalidOptions, "fetch sends no body with \(method.rawValue): leave out body and json, or use POST.")
        }
        return method
    }

    private static func add(_ headers: LuaTable, to request: inout FetchRequest) throws(DecartError) {
        guard headers.sequence.isEmpty else {
            throw DecartError(.invalidOptions, "headers of fetch must be a table of values by name, not a list.")
        }
        for entry in headers.entries {
            guard let name = entry.key.text else {
                throw DecartError(.invalidOptions, "headers of fetch must be a table of values by name.")
            }
            let value: [UInt8]
            switch entry.value {
            case .string(let bytes): value = bytes
            case .integer(let integer): value = Array(integer.description.utf8)
            case .number(let number): value = Array(ScriptNumber.text(number).utf8)
            default:
                throw DecartError(
                    .invalidOptions,
                    "headers of fetch: \(Excerpt.quoted(name)) must be a string, not a \(entry.value.typeName.rawValue)."
                )
            }
            try request.add(header: name, value: value)
        }
    }

    private func response(_ reply: FetchReply) -> LuaValue {
        var headers = LuaTable(metatable: "headers")
        for header in reply.headers {
            let name = header.name.lowercased()
            let before = headers[name].text.map { $0 + ", " } ?? ""
            headers[name] = .text(before + header.value)
        }
        return .table(
            LuaTable(
                fields: [
                    ("status", .integer(Int64(reply.status))), ("headers", .table(headers)), ("url", .text(reply.url)),
                    ("body", blobs.keep(reply.body)),
                ], metatable: "response"))
    }

    // MARK: What it gives

    static func responseGroup() -> ScriptGroup {
        ScriptGroup(
            GroupDescription(
                "response", isObject: true, type: "Response", "What a server answered to `decart.fetch`.",
                fields: [
                    FieldDescription("status", .integer, "Such as 200; 404 is no error either."),
                    FieldDescription(
                        "headers", .table, "Values by name, in upper or lower case; several of one name are joined."),
                    FieldDescription("url", .string, "Where it came from in the end, redirects followed."),
                    FieldDescription("body", .named("Blob"), "The body, which inputs take as a file."),
                ]),
            [
                .inLua("text", "The body's bytes, as a string.", gives: [ResultDescription(.string)], waits: true),
                .inLua(
                    "json", "The body, read by `decart.json.decode`.", gives: [ResultDescription(.any)], waits: true),
            ])
    }
}
