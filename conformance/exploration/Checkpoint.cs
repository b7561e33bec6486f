// An interrupted search in a file: where it was, and its bitmaps without the empty stretches.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Exploration;
using PyState.Spec.Model;

namespace PyState.Conformance.Exploration;

/// <summary>Writes and reads checkpoints. A line of JSON says what the file belongs to; then come the bitmaps; a SHA-256 of all of it ends the file.</summary>
public static class Checkpoint
{
    private const int Version = 1;
    private const int Block = 4096;

    /// <summary>What a checkpoint belongs to: another model, bound or symmetry cannot go on from it.</summary>
    /// <param name="space">The numbering of states.</param>
    public static string KeyOf(PackedSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return $"{typeof(Machine).Module.ModuleVersionId:N} {space.Model.Bound} symmetry={space.Symmetry}";
    }

    /// <summary>Where the checkpoint of a search is kept, by what it belongs to but for the version of the model.</summary>
    /// <param name="space">The numbering of states.</param>
    public static string NameOf(PackedSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{space.Model.Bound} symmetry={space.Symmetry}"));
        return $"pystate-results/explore-{Convert.ToHexStringLower(digest)[..12]}.checkpoint";
    }

    /// <summary>Writes a search that was stopped. The file is there whole, or as it was.</summary>
    /// <param name="path">The file.</param>
    /// <param name="space">The numbering of states.</param>
    /// <param name="search">The search.</param>
    /// <exception cref="SetupException">It cannot be written.</exception>
    public static void Write(string path, PackedSpace space, Search search)
    {
        ArgumentNullException.ThrowIfNull(search);
        AtomicFile.Write(path, file =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            void Put(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                file.Write(bytes);
            }

            SearchState state = search.State;
            Put(JsonSerializer.SerializeToUtf8Bytes(new Header(Version, KeyOf(space), [.. state.Levels], state.Transitions, state.Cuts)));
            Put("\n"u8);
            Span<byte> number = stackalloc byte[4];
            foreach (Memory<ulong> words in search.Words)
            {
                int blocks = (words.Length + Block - 1) / Block;
                for (int b = 0; b < blocks; b++)
                {
                    ReadOnlySpan<ulong> block = words.Span[(b * Block)..Math.Min((b + 1) * Block, words.Length)];
                    if (block.ContainsAnyExcept(0UL))
                    {
                        BinaryPrimitives.WriteInt32LittleEndian(number, b);
                        Put(number);
                        Put(MemoryMarshal.AsBytes(block));
                    }
                }

                BinaryPrimitives.WriteInt32LittleEndian(number, -1);
                Put(number);
            }

            file.Write(hash.GetHashAndReset());
        });
    }

    /// <summary>Fills a search with what a checkpoint holds.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">How it is called in messages.</param>
    /// <param name="space">The numbering of states.</param>
    /// <param name="search">A new search.</param>
    /// <exception cref="SetupException">It is no whole checkpoint, or another search's.</exception>
    public static void Read(string path, string name, PackedSpace space, Search search)
    {
        ArgumentNullException.ThrowIfNull(search);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

            void Get(Span<byte> bytes)
            {
                file.ReadExactly(bytes);
                hash.AppendData(bytes);
            }

            var line = new List<byte>();
            byte[] one = new byte[1];
            for (Get(one); one[0] != (byte)'\n'; Get(one))
            {
                line.Add(one[0]);
            }

            Header header = JsonSerializer.Deserialize<Header>(line.ToArray()) ?? throw new JsonException("no header");
            if (header.Checkpoint != Version || header.Key != KeyOf(space))
            {
                throw new SetupException($"{name} belongs to another bound or to another version of the model: give the same arguments as then, or leave out --resume to start anew");
            }

            Span<byte> number = stackalloc byte[4];
            foreach (Memory<ulong> words in search.Words)
            {
                words.Span.Clear();
                for (Get(number); BinaryPrimitives.ReadInt32LittleEndian(number) is >= 0 and int b; Get(number))
                {
                    Get(MemoryMarshal.AsBytes(words.Span[(b * Block)..Math.Min((b + 1) * Block, words.Length)]));
                }
            }

            byte[] digest = new byte[SHA256.HashSizeInBytes];
            file.ReadExactly(digest);
            if (!hash.GetHashAndReset().AsSpan().SequenceEqual(digest))
            {
                throw new JsonException("checksum");
            }

            search.Restore(new SearchState(header.Levels, header.Transitions, header.Cuts, IsComplete: false));
        }
        catch (Exception e) when (e is IOException or JsonException or ArgumentException or UnauthorizedAccessException)
        {
            throw new SetupException($"{name} is no whole checkpoint of this program ({SafeText.OneLine(e.Message, 120).TrimEnd('.')}): leave out --resume to start anew", e);
        }
    }

    /// <summary>The size that a checkpoint takes at most, in bytes.</summary>
    /// <param name="space">The numbering of states.</param>
    public static long LargestSize(PackedSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return (3 * space.BitmapBytes) + 4096;
    }

    private sealed record Header(int Checkpoint, string Key, long[] Levels, long Transitions, long Cuts);
}
