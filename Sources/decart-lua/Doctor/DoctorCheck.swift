import DecartAPI
import DecartClient

/// One check, in one row.
struct DoctorCheck: Sendable {
    var name: String
    var run: @Sendable (DoctorFacts) async -> Finding

    static let all: [DoctorCheck] = [
        DoctorCheck(name: "key", run: key), DoctorCheck(name: "address", run: address),
        DoctorCheck(name: "proxy", run: proxy), DoctorCheck(name: "server", run: server),
        DoctorCheck(name: "certificate", run: certificate), DoctorCheck(name: "account", run: account),
        DoctorCheck(name: "clock", run: clock), DoctorCheck(name: "state", run: stateFolder),
        DoctorCheck(name: "journal", run: journal), DoctorCheck(name: "ffmpeg", run: ffmpeg),
        DoctorCheck(name: "terminal", run: terminal), DoctorCheck(name: "modules", run: modules),
    ]

    // MARK: The server

    private static let key: @Sendable (DoctorFacts) -> Finding = { facts in
        switch facts.key {
        case .success: .ok("DECART_API_KEY is set")
        case .failure where facts.isUnset("DECART_API_KEY"):
            .wrong("DECART_API_KEY is not set", "export it, or try things out with --local, which needs no key")
        case .failure(let error): .wrong("DECART_API_KEY cannot be used", error.message)
        }
    }

    private static let address: @Sendable (DoctorFacts) -> Finding = { facts in
        switch facts.server {
        case .success(let url):
            if facts.givenURL != nil { return .ok("\(url), from --base-url") }
            return .ok(facts.isUnset("DECART_BASE_URL") ? "\(url)" : "\(url), from DECART_BASE_URL")
        case .failure(let error): return .wrong("the server's address cannot be used", error.message)
        }
    }

    private static let proxy: @Sendable (DoctorFacts) -> Finding = { facts in
        switch facts.network {
        case .failure(let error) where error.isAboutCertificates: return .unknown("see the certificate")
        case .failure(let error): return .wrong("the proxy's settings cannot be used", error.message)
        case .success(let network):
            guard case .success(let url) = facts.server, let proxy = network.proxyName(for: url) else {
                return .ok("none")
            }
            return .ok("requests go through \(proxy)")
        }
    }

    private static let server: @Sendable (DoctorFacts) -> Finding = { facts in
        switch facts.probe?.outcome {
        case .answered(let status) where (500...599).contains(status) || status == 429:
            .wrong("it answered \(status)", "wait a while; look at the service's own page if it stays so")
        case .answered(407): .wrong("the proxy wants a user name and a password", "give them in the proxy's URL")
        case .answered: .ok("it answers")
        case .failed(let error) where error.isAboutCertificates: .unknown("see the certificate")
        case .failed(let error):
            .wrong(
                error.reason,
                "check the network, the address and the proxy; 'curl -I' with the address tells whether it is this "
                    + "program's fault")
        case .misdirected(let error): .wrong("it redirects where nothing can follow", error.message)
        case nil: .unknown("nothing could be asked")
        }
    }

    private static let certificate: @Sendable (DoctorFacts) -> Finding = { facts in
        if case .failure(let error) = facts.network, error.isAboutCertificates {
            return .wrong("the certificates to trust cannot be used", error.message)
        }
        guard case .success(let url) = facts.server else { return .unknown("nothing could be asked") }
        guard url.text.lowercased().hasPrefix("https:") else {
            return .note("\(url) is not encrypted", "use https:// for a server that is not on this machine")
        }
        switch facts.probe?.outcome {
        case .answered, .misdirected: return .ok("trusted")
        case .failed(let error) where error.isAboutCertificates:
            return .wrong(error.reason, "ask whoever runs the server, or the proxy on the way to it")
        case .failed, nil: return .unknown("there was no connection")
        }
    }

    private static let account: @Sendable (DoctorFacts) -> Finding = { facts in
        guard case .success = facts.key else { return .unknown("there is no key to try") }
        switch facts.probe?.outcome {
        case .answered(401), .answered(403):
            return .wrong("the server refuses the key", "copy it once more, or make a new one")
        case .answered(200...299), .answered(404), .answered(422): return .ok("the server takes the key")
        case .answered(let status): return .unknown("the server answered \(status)")
        case .failed, .misdirected, nil: return .unknown("the server could not be asked")
        }
    }

    /// More would make a certificate look as if it were not valid yet, and a "try again at" wrong.
    private static let tolerance = 60.0

    private static let clock: @Sendable (DoctorFacts) -> Finding = { facts in
        guard let lead = facts.probe?.clockLead else { return .unknown("the server did not say what time it is") }
        // Its date has whole seconds, and took a moment to get here.
        guard abs(lead) > tolerance else { return .ok("within a minute of the server's") }
        let seconds = "\(Int(min(abs(lead), 1e12))) s"
        return .wrong(
            "this machine's is \(seconds) \(lead > 0 ? "behind" : "ahead of") the server's",
            "set it, with 'timedatectl set-ntp true' for example")
    }
}

extension DecartError {
    /// Of the errors about what the environment says of the network: whether it is about whom to trust.
    fileprivate var isAboutCertificates: Bool { message.hasPrefix("SSL_CERT_") }
}

extension TransportError {
    fileprivate var isAboutCertificates: Bool { reason.contains("certificate") }
}
