/// A choice of server from outside a program, which goes before what the program itself says.
public enum ServerOverride: Hashable, Sendable {
    /// A queue on this machine, at that URL: it needs no key, and gets none.
    case local(String)
    case baseURL(String)
}
