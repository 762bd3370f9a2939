using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Testing;

/// <summary>
/// The published transcripts of docs/vectors: key generation, signing, presigning and the online round, in which every byte
/// follows from seeds. See docs/spec/dkls23-vectors.md for how to read them.
/// </summary>
public static class Dkls23Transcript
{
    /// <summary>The published cases.</summary>
    public static IEnumerable<(int T, int N)> Cases { get; } = [(2, 2), (2, 3), (3, 5)];

    static readonly JsonSerializerOptions format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file of one case, from the repository's root.</summary>
    public static string PathOf(int t, int n) => $"docs/vectors/dkls23-{t}-of-{n}.json";

    /// <summary>The text of one file.</summary>
    public static string Create(int t, int n)
    {
        var parties = PartySet.Range(n);
        // The smallest case shows every byte; in the others the long messages stand as digests.
        var isWhole = n == 2;
        var (keygen, shares) = Keygen(t, parties, isWhole);
        var json = new JsonObject
        {
            ["description"] = "DKLs23 (ePrint 2023/765) as docs/spec/dkls23.md has it; docs/spec/dkls23-vectors.md says how to read this",
            ["threshold"] = t,
            ["parties"] = n,
            ["keygen"] = keygen,
            ["sign"] = new JsonArray(
                Sign(shares, "m", new(parties.Take(t)), "sample"u8, isWhole),
                Sign(shares, "m/0/5", new(parties.TakeLast(t)), "child"u8, isWhole: false)),
            ["presigned"] = new JsonArray(
                Presigned(shares, "m", "m", new(parties.Take(t)), "sample"u8),
                Presigned(shares, "m/0", "m/5", new(parties.TakeLast(t)), "child"u8)),
        };
        foreach (var share in shares.Values)
            share.Dispose();
        return json.ToJsonString(format).ReplaceLineEndings("\n") + "\n";
    }

    static (JsonObject Json, Dictionary<PartyId, Dkls23KeyShare> Shares) Keygen(int t, PartySet parties, bool isWhole)
    {
        var name = $"keygen {t}-of-{parties.Count}";
        using var recording = new Recording(name, isWhole);
        foreach (var p in parties)
            recording.Add(new Dkls23Keygen(recording.Id, p, parties, t, recording.RandomOf(p)).Start());
        recording.Run();
        var shares = parties.ToDictionary(p => p, recording.Output<Dkls23KeyShare>);
        var package = shares[parties[0]].Package;
        var output = new JsonObject
        {
            ["setupId"] = Hex(shares[parties[0]].SetupId),
            ["keyId"] = Hex(shares[parties[0]].KeyId),
            ["groupKey"] = Hex(package.GroupKey.Encode()),
            ["chainCode"] = Hex(package.ChainCode),
            ["verifyingShares"] = new JsonArray([.. package.VerifyingShares.ToArray().Select(y => Value(y.Encode()))]),
            ["shares"] = new JsonArray([.. parties.Select(p => new JsonObject
            {
                ["party"] = p.Value,
                ["signingShare"] = Hex(shares[p].Share.SigningShare.Expose().Encode()),
                ["stored"] = Bytes(Stored(shares[p]), isWhole: false),
            })]),
        };
        return (recording.Json(output), shares);
    }

    static JsonObject Sign(Dictionary<PartyId, Dkls23KeyShare> shares, string path, PartySet quorum, ReadOnlySpan<byte> message, bool isWhole)
    {
        var digest = SHA256.HashData(message);
        var keys = quorum.ToDictionary(p => p, p => shares[p].Derive(Bip32Path.Parse(path)));
        using var recording = new Recording($"sign {quorum.Count}-of-{shares.Count} {path}", isWhole);
        foreach (var p in quorum)
            recording.Add(new Dkls23Sign(recording.Id, keys[p], quorum, digest, new BanList(), recording.RandomOf(p)).Start());
        recording.Run();
        var json = recording.Json(Signed(recording.Output<Dkls23Signature>(quorum[0]), keys[quorum[0]].Package.GroupKey));
        Insert(json, ("path", path), ("quorum", Numbers(quorum)), ("digest", Hex(digest)));
        foreach (var key in keys.Values)
            key.Dispose();
        return json;
    }

    /// <summary>A presignature for the key along <paramref name="path"/>, and its use for a descendant of that key.</summary>
    static JsonObject Presigned(
        Dictionary<PartyId, Dkls23KeyShare> shares, string path, string descent, PartySet quorum, ReadOnlySpan<byte> message)
    {
        var digest = SHA256.HashData(message);
        var keys = quorum.ToDictionary(p => p, p => shares[p].Derive(Bip32Path.Parse(path)));
        var name = $"{quorum.Count}-of-{shares.Count} {path}";

        using var presigning = new Recording($"presign {name}", isWhole: false);
        foreach (var p in quorum)
            presigning.Add(new Dkls23Presign(presigning.Id, keys[p], quorum, new BanList(), presigning.RandomOf(p)).Start());
        presigning.Run();
        var presignatures = quorum.ToDictionary(p => p, presigning.Output<Dkls23Presignature>);
        var presign = presigning.Json(new() { ["presignatureId"] = Hex(presignatures[quorum[0]].Id) });
        Insert(presign, ("path", path), ("quorum", Numbers(quorum)));

        using var signing = new Recording($"online {name} {descent}", isWhole: true);
        foreach (var p in quorum)
            signing.Add(new Dkls23Online(
                signing.Id, keys[p], quorum, Bip32Path.Parse(descent), digest, presignatures[p], new SpentPresignatures(), new BanList()).Start());
        signing.Run();
        var package = keys[quorum[0]].Package;
        var child = Bip32.DerivePublic(package.GroupKey, package.ChainCode, Bip32Path.Parse(descent)).Key;
        var online = signing.Json(Signed(signing.Output<Dkls23Signature>(quorum[0]), child));
        Insert(online, ("path", descent), ("digest", Hex(digest)));
        foreach (var key in keys.Values)
            key.Dispose();
        return new() { ["presign"] = presign, ["online"] = online };
    }

    static JsonObject Signed(Dkls23Signature signature, Point<Secp256k1> key) => new()
    {
        ["publicKey"] = Hex(key.Encode()),
        ["signature"] = Hex(signature.Value.Signature.EncodeCompact()),
        ["recoveryId"] = signature.Value.RecoveryId,
    };

    static JsonArray Numbers(PartySet parties) => new([.. parties.Select(p => JsonValue.Create(p.Value))]);

    /// <summary>Puts what a run was asked for before what came of it.</summary>
    static void Insert(JsonObject json, params (string Name, JsonNode Value)[] first)
    {
        for (var i = 0; i < first.Length; i++)
            json.Insert(i, first[i].Name, first[i].Value);
    }

    static byte[] Stored(Dkls23KeyShare share)
    {
        using var writer = new WireWriter();
        share.Write(writer);
        return writer.Written.ToArray();
    }

    static JsonObject Bytes(ReadOnlySpan<byte> bytes, bool isWhole) => isWhole
        ? new() { ["size"] = bytes.Length, ["bytes"] = Hex(bytes) }
        : new() { ["size"] = bytes.Length, ["start"] = Hex(bytes[..Math.Min(64, bytes.Length)]), ["sha256"] = Hex(SHA256.HashData(bytes)) };

    static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    static JsonValue Value(ReadOnlySpan<byte> bytes) => JsonValue.Create(Hex(bytes));

    /// <summary>One run over a network that delivers everything, with its randomness and all it said.</summary>
    sealed class Recording(string name, bool isWhole) : IDisposable
    {
        const ulong Seed = 1;

        readonly Simulation run = new(Seed);
        readonly List<(int Round, bool IsEcho, PartyId From, PartyId To, byte[] Frame)> said = [];
        readonly SortedDictionary<PartyId, CountedRandom> randoms = [];

        internal SessionId Id { get; } = new(SHA256.HashData(global::System.Text.Encoding.UTF8.GetBytes($"quorate vector {name}")));

        internal CountedRandom RandomOf(PartyId party) => randoms[party] = new(new SeededRandom(Seed, $"{name} {party}"));

        internal void Add(Session session) => run.Add(session);

        internal void Run() => run.With(m =>
        {
            var (round, isEcho) = WireTap.RoundOf(m.Bytes);
            said.Add((round, isEcho, m.From, m.To, m.Bytes));
            return [m.Bytes];
        }).Run();

        internal TOutput Output<TOutput>(PartyId party) where TOutput : class => run.Output<TOutput>(party);

        public void Dispose() => run.Dispose();

        internal JsonObject Json(JsonObject output) => new()
        {
            ["sessionId"] = Hex(Id.AsSpan()),
            ["context"] = Hex(said[0].Frame.AsSpan(1, SessionId.Size)),
            ["random"] = new JsonArray([.. randoms.Select(r => new JsonObject
            {
                ["party"] = r.Key.Value,
                ["seed"] = Seed,
                ["label"] = $"{name} {r.Key}",
                ["draws"] = string.Join(' ', r.Value.Draws.Select(d => d.Times == 1 ? $"{d.Length}" : $"{d.Times}x{d.Length}")),
            })]),
            ["messages"] = new JsonArray([.. Messages()]),
            ["output"] = output,
        };

        /// <summary>By round, messages before echoes; a broadcast once, addressed to 0.</summary>
        IEnumerable<JsonNode> Messages()
        {
            var ordered = said.OrderBy(s => s.Round).ThenBy(s => s.IsEcho).ThenBy(s => s.From).ThenBy(s => s.To);
            foreach (var group in ordered.GroupBy(s => (s.Round, s.IsEcho, s.From)))
            {
                var frames = group.ToArray();
                // With one peer nothing tells a broadcast from a direct message but the round.
                var isBroadcast = frames.Length > 1 && frames.All(f => f.Frame.AsSpan().SequenceEqual(frames[0].Frame));
                foreach (var frame in isBroadcast ? frames[..1] : frames)
                {
                    var json = Bytes(frame.Frame, isWhole || frame.Frame.Length <= 1000);
                    json.Insert(0, "round", frame.Round);
                    json.Insert(1, "echo", frame.IsEcho);
                    json.Insert(2, "from", frame.From.Value);
                    json.Insert(3, "to", isBroadcast ? 0 : frame.To.Value);
                    yield return json;
                }
            }
        }
    }
}
