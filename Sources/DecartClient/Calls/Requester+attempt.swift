import DecartAPI
import FoundationEssentials

extension Requester {
    private static let maxRedirects = 5

    /// Sends `read` once, following redirects.
    func attempt(_ read: Read) async -> Attempt {
        var url = read.url
        var origin = read.isOfAPI ? configuration.baseURL.origin : nil
        for _ in 0...Self.maxRedirects {
            let request = TransportRequest(
                .get, url: url, headers: headers(for: origin) + read.headers,
                idleTimeout: configuration.timeout, streamsReply: read.streams)
            let reply: TransportReply
            do throws(TransportFailure) {
                if Task.isCancelled { throw TransportFailure(.cancelled, reach: .neverSent, reason: "cancelled") }
                reply = try await transport.send(request)
            } catch {
                return .failed(error)
            }
            guard [301, 302, 303, 307, 308].contains(reply.status), let location = reply.header("location") else {
                return .reply(reply)
            }
            switch Self.target(of: location, from: url) {
            case .success(let next):
                url = next
                origin = read.isOfAPI ? Origin(of: next) : nil
            case .failure(let fault): return .stopped(misdirected(read.call, reply, fault.reason))
            }
        }
        return .stopped(misdirected(read.call, nil, "it redirected more than \(Self.maxRedirects) times"))
    }

    private struct RedirectFault: Error {
        var reason: String
    }

    /// Where a redirect leads, if one may go there.
    private static func target(of location: String, from url: String) -> Result<String, RedirectFault> {
        guard let base = URL(string: url), let next = URL(string: location, relativeTo: base)?.absoluteURL,
            let from = Origin(of: base), let to = Origin(of: next)
        else { return .failure(RedirectFault(reason: "it redirected to something that is not an http(s) URL")) }
        guard from.scheme == "http" || to.scheme == "https" else {
            return .failure(RedirectFault(reason: "it redirected from https to http, where anyone could read along"))
        }
        return .success(next.absoluteString)
    }

    private func misdirected(_ call: Call, _ reply: TransportReply?, _ reason: String) -> DecartError {
        call.about(
            DecartError(
                call.code,
                "The server was asked \(call.purpose), and \(reason). Check the address. \(call.reassurance)",
                status: reply?.status))
    }
}
