// The readers of what a child writes, fed with answers that were right until something happened to them.

using System.Text;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;
using PyState.Spec.Model;

namespace PyState.Benchmarks.Robustness;

/// <summary>Mutates messages by bytes and by their structure, and counts what the readers make of them.</summary>
internal static class FuzzFigures
{
    private const long Inputs = 10_000_000;
    private const string Hello = """{"op":"hello","protocol":1,"implementation":{"name":"fake","version":"1"},"interpreter":{"name":"CPython","version":"3.11.2"},"alphabets":["switcher"],"commands":["call","leave","spawn"],"channels":["status","running","frames","handled","vars","trace","profile","event","local","probe","raw"],"raw":["depth"],"choices":{"freshContext":"empty","finishTo":"spawner","freshDepth":"zero"},"threads":1,"limits":[1000,600,400],"levels":{"base":3,"call":1}}""";

    // What a parser of this grammar decides by, and what it can be made to stumble over.
    private static readonly byte[][] Tokens = [.. new[]
    {
        "[", "]", "{", "}", ",", ":", "\"", "null", "true", "1e999", "-0", "99999999999999999999", "2147483648", "\"ok\"", "\"crashed\"", "\"inapplicable\"", "\"call7\"", "\"gen0\"", "\"…\"", "\"e1\"",
        "\"\\ud800\"", "\"\\udc00\\u0000\"", "\\", "\\u", "\"op\":\"error\",\"message\":\"\\ud800\"", "\"op\":\"ran\"", "\"id\":7", "\"results\":[]", "[[[[[[[[[[[[[[[[", "{\"depth\":1}", "{\"\\ud800\":1}", " ", "\t", "\r", "/*", "//",
    }.Select(Encoding.UTF8.GetBytes), [0xEF, 0xBB, 0xBF], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0]];

    /// <summary>Feeds the readers.</summary>
    /// <param name="root">The checkout.</param>
    internal static string Run(string root)
    {
        long accepted = 0;
        long refused = 0;
        long bytes = 0;
        Parallel.For(0, Environment.ProcessorCount, worker =>
        {
            var fuzzer = new Fuzzer(worker);
            for (long i = worker; i < Inputs; i += Environment.ProcessorCount)
            {
                fuzzer.One(i);
            }

            Interlocked.Add(ref accepted, fuzzer.Accepted);
            Interlocked.Add(ref refused, fuzzer.Refused);
            Interlocked.Add(ref bytes, fuzzer.Bytes);
        });
        Robustness.Require(accepted + refused == Inputs && accepted > Inputs / 100 && refused > Inputs / 10, "the mutations are too weak or too strong");
        return $"{Robustness.Count(Inputs)} messages, {Robustness.Count(bytes >> 20)} MiB, were read; {Robustness.Count(accepted)} were still right, {Robustness.Count(refused)} were refused with the exception that means so, and "
            + "no other exception came out. They are right answers with up to four changes: a byte, a bracket, a token of the grammar or one that parsers stumble over, a piece left out, doubled or exchanged. "
            + "Every 16th goes through the handshake's reader, every 16th through the plug-in check's, every 64th through the reader of lines in pieces of any length.";
    }

    private sealed class Fuzzer
    {
        private readonly Random random;
        private readonly byte[] buffer = new byte[1 << 14];
        private readonly Capabilities declared;
        private readonly byte[] hello = Encoding.UTF8.GetBytes(Hello);
        private readonly Script[] scripts;
        private readonly byte[] answer;

        internal Fuzzer(int seed)
        {
            random = new Random(seed);
            declared = Handshake.Read(hello, "see");
            scripts = ProtocolCheck.Scripts(declared);
            string one(string frames) => $"[\"ok\",0,[{frames}],[\"e1\",null],[0,2],[1,0],[0,0],0,0,-7,{{\"depth\":3}}]";
            answer = Encoding.UTF8.GetBytes($"{{\"op\":\"ran\",\"id\":7,\"results\":[{string.Join(',', scripts.Select(s => $"[{string.Join(',', s.Commands.Select((_, i) => one($"\"call{i}\",\"gen1\"")).Append(one(string.Empty)))}]"))}]}}");
        }

        internal long Accepted { get; private set; }

        internal long Refused { get; private set; }

        internal long Bytes { get; private set; }

        internal void One(long number)
        {
            bool isHello = number % 16 == 1;
            int length = Mutate(isHello ? hello : answer);
            ReadOnlySpan<byte> line = buffer.AsSpan(0, length);
            Bytes += length;
            try
            {
                if (isHello)
                {
                    _ = Handshake.Read(line.ToArray(), "see");
                }
                else if (number % 16 == 2)
                {
                    _ = ProtocolCheck.Wrong(line.ToArray(), 7, declared);
                }
                else
                {
                    _ = Protocol.ReadRan(number % 64 == 3 ? InPieces(line) : line, 7, scripts, declared.Channels);
                }

                Accepted++;
            }
            catch (Exception e) when (e is ChildFailure or SetupException)
            {
                Refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{e.GetType().Name} ({e.Message}) of {Convert.ToHexString(line)}", e);
            }
        }

        // As a pipe would bring it. A line feed among the bytes ends the line there.
        private byte[] InPieces(ReadOnlySpan<byte> line)
        {
            using var stream = new Pieces([.. line, (byte)'\n'], random.Next());
            var reader = new LineReader(stream, 1 << 15);
            return reader.TryTake(TimeSpan.FromSeconds(60), out byte[]? taken) && taken is not null ? taken : [];
        }

        private int Mutate(byte[] whole)
        {
            whole.CopyTo(buffer, 0);
            int length = whole.Length;
            for (int changes = random.Next(5); changes > 0 && length > 0; changes--)
            {
                int at = random.Next(length);
                int size = Math.Min(random.Next(1, 40), length - at);
                switch (random.Next(6))
                {
                    case 0:
                        buffer[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        length = Replace(length, at, 0, Tokens[random.Next(Tokens.Length)]);
                        break;
                    case 2:
                        length = Replace(length, at, size, Tokens[random.Next(Tokens.Length)]);
                        break;
                    case 3:
                        length = Replace(length, at, size, []);
                        break;
                    case 4:
                        length = Replace(length, at, 0, buffer.AsSpan(at, size).ToArray());
                        break;
                    default:
                        buffer[at] = (byte)"[]{},:\"0 "[random.Next(9)];
                        break;
                }
            }

            return random.Next(50) == 0 ? random.Next(length + 1) : length;
        }

        private int Replace(int length, int at, int size, ReadOnlySpan<byte> with)
        {
            buffer.AsSpan(at + size, length - at - size).CopyTo(buffer.AsSpan(at + with.Length));
            with.CopyTo(buffer.AsSpan(at));
            return length - size + with.Length;
        }
    }

    private sealed class Pieces(byte[] bytes, int seed) : MemoryStream(bytes)
    {
        private readonly Random random = new(seed);

        public override int Read(Span<byte> buffer) => base.Read(buffer[..random.Next(1, Math.Min(buffer.Length, 64))]);
    }
}
