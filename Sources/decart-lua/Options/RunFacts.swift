/// What the documentation says of a run beside its options, a row each.
struct RunFact: Hashable, Sendable {
    /// Such as `DECART_API_KEY`, or an exit status.
    var names: [String]
    var meaning: String

    init(_ names: String..., meaning: String) {
        self.names = names
        self.meaning = meaning
    }
}

extension RunFact {
    static let environment: [RunFact] = [
        RunFact(
            "DECART_API_KEY", meaning: "the key, unless `createDecartClient` is given `apiKey`; it is never printed"),
        RunFact("DECART_BASE_URL", meaning: "the server, if nothing else names one"),
        RunFact(
            "DECART_JOURNAL", meaning: "where paid jobs are written down: a file, the address of a database, or off"),
        RunFact(
            "HTTPS_PROXY", "http_proxy", "NO_PROXY",
            meaning: "what they mean to curl; but this machine is never reached through a proxy"),
        RunFact("SSL_CERT_FILE", "SSL_CERT_DIR", meaning: "what they mean to OpenSSL"),
        RunFact("NO_COLOR", "FORCE_COLOR", meaning: "whether to use colours, unless `--color` says so"),
        RunFact(
            "XDG_STATE_HOME",
            meaning: "where the journal, learned durations and the prompt's history are kept; ~/.local/state unless set"
        ),
        RunFact("XDG_CONFIG_HOME", meaning: "where prices.json is looked for; ~/.config unless set"),
        RunFact("DECART_LUA_BYTECODE", meaning: "1 is the same as `--bytecode`"),
        RunFact("DECART_LUA_SANDBOX", meaning: "1 is the same as `--sandbox`"),
        RunFact("LUA_INIT", "LUA_PATH", "LUA_CPATH", meaning: "what they mean to `lua`"),
    ]

    static let exitStatus: [RunFact] = [
        RunFact("0", meaning: "the script and all its tasks ended well"),
        RunFact(
            "1", meaning: "the script or one of its tasks failed, or not all that was printed could be written"),
        RunFact("2", meaning: "the command line cannot be used"),
        RunFact(
            "129", "130", "143", "…",
            meaning:
                "the terminal was closed (SIGHUP), Ctrl-C, SIGTERM, or another signal that ends a process: 128 and "
                + "its number"),
        RunFact("141", meaning: "whoever read the output has gone, as in `decart-lua script.lua | head -1`"),
        RunFact("any other", meaning: "what `os.exit` was given"),
    ]
}

extension [RunFact] {
    /// A Markdown table.
    ///
    /// - Parameters:
    ///   - name, meaning: the columns' titles.
    ///   - asCode: whether the names are set as code.
    func markdown(_ name: String, _ meaning: String, asCode: Bool) -> String {
        let rows = map { fact in
            let names = fact.names.map { asCode ? "`\($0)`" : $0 }.joined(separator: ", ")
            return "| \(names) | \(fact.meaning.replacing("|", with: "\\|")) |"
        }
        return (["| \(name) | \(meaning) |", "|---|---|"] + rows).joined(separator: "\n")
    }
}
