/// One way to render a clip: the arguments of one run of `ffmpeg`, as data.
///
/// `ffmpeg` runs inside the queue's folder and is given file names of our own making, so that nothing a user chose (a
/// path, a prompt) has to be quoted in its filter language. The prompt is passed in a file, and as one metadata argument.
struct FFmpegPlan: Hashable, Sendable {
    /// A clip's length in seconds, at most: long enough to watch, short enough to render while the job is "processing".
    static let duration = 3

    /// The formats that uploads may have. Playlists and the like are left out: they name other files and addresses.
    private static let formats =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,gif,ogg,"
        + "png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif_pipe,apng"

    var arguments: [String]

    /// - Parameters:
    ///   - source: the upload to start from; nil: a generated picture.
    ///   - captionFile: a text file in the folder to draw into the picture; nil: no text.
    ///   - output: the file to create in the folder.
    init(for order: ClipOrder, from source: ClipOrder.Source?, captionFile: String?, output: String) {
        let style = ClipStyle(for: order)
        var filters: [String]
        var input: [String]
        switch source {
        case nil:
            input = ["-f", "lavfi", "-i", style.picture]
            filters = style.pictureFilters
        case .image(let name), .video(let name):
            input = ["-protocol_whitelist", "file", "-format_whitelist", Self.formats, "-t", "\(Self.duration)"]
            input += ["-i", "file:\(name)"]
            filters = style.fitting + style.treatment
            if case .image = source, !order.isStill { filters += style.zoom(seconds: Self.duration) }
        }
        if let captionFile { filters.append(style.caption(file: captionFile)) }
        arguments = ["-nostdin", "-hide_banner", "-loglevel", "error", "-y"] + input
        arguments += ["-vf", filters.joined(separator: ","), "-an", "-sn", "-dn", "-map_metadata", "-1"]
        if order.isStill {
            arguments += ["-frames:v", "1", "-c:v", "png", "-f", "image2pipe"]
        } else {
            arguments += ["-t", "\(Self.duration)", "-r", "\(order.fps)", "-c:v", "libx264", "-preset", "ultrafast"]
            arguments += ["-crf", "28", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
            arguments += ["-metadata", "title=\(order.caption)", "-metadata", "comment=\(order.jobID)", "-f", "mp4"]
        }
        arguments.append("file:\(output)")
    }
}
