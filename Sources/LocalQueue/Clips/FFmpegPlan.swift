/// One way to render a clip: the arguments of one run of `ffmpeg`, as data.
///
/// `ffmpeg` runs inside the queue's folder and gets plain names of ours, so that nothing a user chose (a path, a
/// prompt) has to be quoted in its filter language. The prompt comes as a file, and as one argument of metadata.
struct FFmpegPlan: Hashable, Sendable {
    /// Seconds of a clip, at most: long enough to see, short enough to be rendered while the job is "processing".
    static let duration = 3

    /// What uploads are read as. Playlists and the like are left out: they name other files and addresses.
    private static let formats =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,gif,ogg,"
        + "png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif_pipe,apng"

    var arguments: [String]

    /// - Parameters:
    ///   - source: the upload to work on; nil: a picture of ffmpeg's own.
    ///   - captionFile: a text file in the folder to be drawn into the picture; nil: no text.
    ///   - output: the file to make in the folder.
    init(for order: ClipOrder, from source: ClipOrder.Source?, captionFile: String?, output: String) {
        let look = ClipLook(for: order)
        var filters: [String]
        var input: [String]
        switch source {
        case nil:
            input = ["-f", "lavfi", "-i", look.picture]
            filters = look.pictureFilters
        case .image(let name), .video(let name):
            input = ["-protocol_whitelist", "file", "-format_whitelist", Self.formats, "-t", "\(Self.duration)"]
            input += ["-i", "file:\(name)"]
            filters = look.fitting + look.treatment
            if case .image = source, !order.isStill { filters += look.zoom(seconds: Self.duration) }
        }
        if let captionFile { filters.append(look.caption(file: captionFile)) }
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
