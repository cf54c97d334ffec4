/// When requests are so many that frames about them wait for each other, so that the process at the other end is woken once
/// for several.
public enum LinkCrowd {
    /// Requests under way.
    public static let size = 8
}
