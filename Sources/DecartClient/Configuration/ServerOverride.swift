/// A choice of server from outside a program, which goes before what the program itself says.
public enum ServerOverride: Hashable, Sendable {
    /// A queue on this machine, at that URL: it needs no key, and gets none.
    case local(String)
    case baseURL(String)
    /// The API at that URL, by way of a process that adds the key: here there is none, and none is looked for.
    case keeper(String)
}
