namespace PyState.Conformance.Plugins.Process;

/// <summary>A folder that holds a system of its own, as debootstrap or mmdebstrap makes one (conformance/implementations/provision.sh). A program in it
/// cannot run on this system's libraries; it is started with that folder as its root directory, in a mount namespace of its own.</summary>
/// <remarks>In that namespace the root gets this system's /proc, without which an interpreter guesses the bounds of its main thread's stack, its /dev, and
/// at <c>/mnt</c> all of this system: the driver, the switcher, the built module and the progress file are where they are, nothing is copied. Mounts
/// of a namespace end with its last process, however that ends, so nothing can be left behind. There is no process namespace: the interpreter would
/// be process 1 in it, for which the kernel ignores the SIGABRT that a verdict is to name. Every step is an <c>exec</c>: the process that is
/// watched, limited and killed is the interpreter.</remarks>
internal sealed class OtherRoot
{
    private const string View = "/mnt";

    private const string Script =
        """
        mount=$1 chroot=$2 root=$3
        shift 3
        "$mount" --rbind /proc "$root/proc" && "$mount" --rbind /dev "$root/dev" && "$mount" --rbind / "$root/mnt" || exit
        cd / && exec "$chroot" "$root" "$@"
        """;

    // A user's PATH often lacks the folders of mount and chroot.
    private static readonly string[] MoreFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    private readonly string real;
    private readonly Lazy<(string[] Words, string Error)> entry;

    private OtherRoot(string folder)
    {
        Folder = folder;
        real = RealPath.Of(folder);
        entry = new(FindEntry);
    }

    /// <summary>The folder.</summary>
    internal string Folder { get; }

    /// <summary>The words before the program that start it in there.</summary>
    internal IReadOnlyList<string> Entry => entry.Value.Words;

    /// <summary>The root that a program lives in.</summary>
    /// <param name="program">Its full path.</param>
    /// <returns>The nearest folder above it that holds a system; null where that is this one.</returns>
    internal static OtherRoot? Above(string program)
    {
        for (string? folder = Path.GetDirectoryName(program); Path.GetDirectoryName(folder) is { } above; folder = above)
        {
            if (Path.Exists(Path.Combine(folder!, "etc", "debian_version")) || Path.Exists(Path.Combine(folder!, "etc", "os-release")))
            {
                return new OtherRoot(folder!);
            }
        }

        return null;
    }

    /// <summary>Why nothing can be started in it here; null when it can.</summary>
    internal Fault? WhyNot() => Entry.Count > 0 ? null : new Fault(
        $"{Folder} is the root of another system and cannot be entered here{(entry.Value.Error.Length > 0 ? $" ({entry.Value.Error})" : string.Empty)}",
        "run as root where mounts are allowed, allow unprivileged user namespaces, or name another interpreter with --python");

    /// <summary>A path of this system, as a program in the root sees it.</summary>
    /// <param name="path">The path.</param>
    internal string Inside(string path)
    {
        if (path.StartsWith(Folder + "/", StringComparison.Ordinal))
        {
            return path[Folder.Length..];
        }

        // A link to an absolute path would lead to somewhere else from in there.
        string file = RealPath.Of(path);
        return file.StartsWith(real + "/", StringComparison.Ordinal) ? file[real.Length..] : View + file;
    }

    private static string? Find(string program) => Programs.Find(program) ?? MoreFolders.Select(f => Programs.Resolve($"{f}/{program}")).FirstOrDefault(p => p is not null);

    // As root where root may mount, otherwise as the root of a user namespace.
    private (string[] Words, string Error) FindEntry()
    {
        string[] programs = ["unshare", "sh", "mount", "chroot"];
        string?[] found = [.. programs.Select(Find)];
        if (Array.IndexOf(found, null) is >= 0 and var lacking)
        {
            return ([], $"there is no program {programs[lacking]}");
        }

        string error = string.Empty;
        foreach (string[] options in (string[][])[["--mount"], ["--mount", "--map-root-user"]])
        {
            string[] words = [found[0]!, .. options, found[1]!, "-c", Script, "sh", found[2]!, found[3]!, real];
            OneShot.Result result = OneShot.Run(new ChildStart { Program = words[0], Arguments = [.. words[1..], "/bin/true"] }, TimeSpan.FromSeconds(10));
            if (result.IsWell)
            {
                return (words, string.Empty);
            }

            error = result.LastError;
        }

        return ([], error);
    }
}
