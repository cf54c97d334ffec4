/// How much of a reply may be under way to a script process that has not taken it yet.
public enum ReplyWindow {
    /// Bytes.
    public static let size = 512 << 10
    /// How much a script process takes before it says so: enough that few frames do, and little enough that the keeper
    /// never waits for what has been taken.
    public static let step = size / 4
}
