import DecartAPI
import FoundationEssentials
import GRDB
import PlainErrors
import RunClock

/// The client tokens that have been issued and have not expired.
struct TokenStore: Sendable {
    struct Token: Sendable {
        /// The opaque key.
        var key: String
        /// A JWT of the same scope. The local queue signs nothing: its algorithm is "none".
        var jwt: String
        /// Unix seconds.
        var expires: Double
    }

    private struct Record: Codable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "tokens"

        /// The opaque key, or the JWT. Either opens this queue only, and for an hour at most.
        var secret: String
        var expires: Double
    }

    let ids: IDGenerator
    let clock: any RunClock
    let database: QueueDatabase

    /// - Parameter claims: the JWT's claims, besides its subject and its times.
    func issue(lifetime: Double, claims: [String: JSONValue]) throws(MessageError) -> Token {
        let now = clock.unixTime
        let expires = now + lifetime
        let own: [String: JSONValue] = [
            "sub": "local", "iss": "decart-lua serve", "iat": .integer(Int64(now)), "exp": .integer(Int64(expires)),
            "jti": .string(ids.next("jti_")),
        ]
        let payload = JSONValue.object(claims.merging(own) { _, own in own })
        let jwt = Self.encoded(["alg": "none", "typ": "JWT"]) + "." + Self.encoded(payload) + "."
        let token = Token(key: ids.next("ek_"), jwt: jwt, expires: expires)
        try database.write("store a token") { db in
            try Record.filter(Column("expires") <= now).deleteAll(db)
            for secret in [token.key, token.jwt] {
                try Record(secret: secret, expires: expires).upsert(db)
            }
        }
        return token
    }

    /// Whether `key` is one of these tokens, in either form, and has not expired.
    func holds(_ key: String) throws(MessageError) -> Bool {
        let now = clock.unixTime
        let current = try database.read("look for a token") {
            try Record.filter(Column("expires") > now).fetchAll($0)
        }
        return current.contains { QueueKey(secret: $0.secret).matches(key) }
    }

    /// Base64 for URLs, without padding.
    private static func encoded(_ value: JSONValue) -> String {
        Data(value.serialized()).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
