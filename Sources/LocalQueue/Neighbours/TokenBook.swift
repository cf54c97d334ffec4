import DecartAPI
import FoundationEssentials
import RunClock
import Synchronization

/// The client tokens that were issued and have not expired. Nothing outlives this object.
final class TokenBook: Sendable {
    struct Token: Sendable {
        /// The opaque key.
        var key: String
        /// The same scope as a JWT. Nobody signs on this machine: its algorithm is "none".
        var jwt: String
        /// Unix seconds.
        var expires: Double
    }

    private let ids: IDMint
    private let clock: any RunClock
    private let tokens = Mutex<[Token]>([])

    init(ids: IDMint, clock: any RunClock) {
        self.ids = ids
        self.clock = clock
    }

    /// - Parameter claims: what the JWT says besides whose it is and until when it holds.
    func issue(lifetime: Double, claims: [String: JSONValue]) -> Token {
        let now = clock.unixTime
        let expires = now + lifetime
        let own: [String: JSONValue] = [
            "sub": "local", "iss": "decart-lua serve", "iat": .integer(Int64(now)), "exp": .integer(Int64(expires)),
            "jti": .string(ids.next("jti_")),
        ]
        let payload = JSONValue.object(claims.merging(own) { _, own in own })
        let jwt = Self.encoded(["alg": "none", "typ": "JWT"]) + "." + Self.encoded(payload) + "."
        let token = Token(key: ids.next("ek_"), jwt: jwt, expires: expires)
        tokens.withLock { tokens in
            tokens.removeAll { $0.expires <= now }
            tokens.append(token)
        }
        return token
    }

    /// Whether `key` is one of these, in either form, and has not expired.
    func holds(_ key: String) -> Bool {
        let now = clock.unixTime
        return tokens.withLock { tokens in
            tokens.contains { $0.expires > now && (isSame(key, $0.key) || isSame(key, $0.jwt)) }
        }
    }

    /// Base64 as a URL may hold it, without padding.
    private static func encoded(_ value: JSONValue) -> String {
        Data(value.serialized()).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
