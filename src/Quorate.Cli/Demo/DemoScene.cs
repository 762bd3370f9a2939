using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Cli.Api;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Local;
using Quorate.Client;
using Quorate.Client.Signing;
using Quorate.Policies;
using Transfer = Quorate.V1.Transfer;

namespace Quorate.Cli.Demo;

/// <summary>What the steps of the story share: the organisation, the API as its administrator, the members' devices, the wallet.</summary>
sealed class DemoScene : IDisposable
{
    static readonly TimeSpan interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long anything may take. Nothing here takes more than seconds, but on a machine that has something else to do.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(90);

    readonly RequestKey key;

    internal DemoScene(LocalPaths paths, LocalProfile profile)
    {
        (Paths, Profile) = (paths, profile);
        Live = profile.WithoutChains is null ? [.. profile.Chains.Where(c => c.IsDevnet)] : [];
        using var device = DeviceFile.Read(profile.Caller.KeyFile).Open(profile.Caller.KeyFile, () => null);
        using var seed = device.ExportSeed();
        key = RequestKey.Ed25519(profile.Caller.KeyId, seed.Expose());
        Api = new(new(profile.Caller.Api), key);
    }

    internal LocalPaths Paths { get; }

    /// <summary>As it was at the beginning; processes come and go.</summary>
    internal LocalProfile Profile { get; }

    /// <summary>As the administrator whose profile it is, with the same client as any program.</summary>
    internal QuorateClient Api { get; }

    internal HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The chains whose nodes run and have a faucet.</summary>
    internal LocalChain[] Live { get; }

    /// <summary>The wallet's id and name, once it is there.</summary>
    internal string WalletId { get; set; } = "";

    internal string Wallet { get; set; } = "";

    /// <summary>Its addresses by the chains' names.</summary>
    internal Dictionary<string, string> Addresses { get; } = [];

    /// <summary>What was carried out, by id, for the record.</summary>
    internal List<string> Paid { get; } = [];

    /// <summary>A payment that two have approved, as the API shows it.</summary>
    internal Transfer? Approved { get; set; }

    /// <summary>A place for files that auditors take along.</summary>
    internal string Evidence { get; } = Directory.CreateTempSubdirectory("quorate-demo-evidence-").FullName;

    internal string InEvidence(string name) => Path.Combine(Evidence, name);

    /// <summary>A member's approval, by device.</summary>
    internal Approval Sign(string member, Digest hash)
    {
        var name = Paths.Device(member);
        var file = DeviceFile.Read(name);
        using var key = file.Open(name, () => null);
        return file.Approve(key, hash);
    }

    /// <summary>The same of a hash in hexadecimal, as the API takes it.</summary>
    internal Struct Sign(string member, string hash) =>
        Documents.Of(Sign(member, Digest.TryParse(hash, out var digest) ? digest : throw new CliException($"{hash} is no hash.")));

    /// <summary>Asks until the answer is as it should be.</summary>
    internal static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isSo, string what, CancellationToken cancellation) where T : IMessage
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (isSo(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(began) > patience)
                throw new CliException($"{what} has not come within {patience.TotalSeconds} s. The last answer: {Short(answer)}");
            await Task.Delay(interval, cancellation);
        }
    }

    /// <summary>A text of the policy's with amounts and addresses as people write them: 6 ETH for 6000000000000000000 eip155:31337/slip44:60.</summary>
    internal string Plain(string text)
    {
        foreach (var chain in Profile.Chains)
            text = Regex.Replace(text, $"([0-9]+) {Regex.Escape(chain.Coin)}", amount => chain.Show(amount.Groups[1].Value)).Replace($"{chain.Id}:", "", StringComparison.Ordinal);
        return text;
    }

    static string Short(IMessage answer) => MessageText.ToJson(answer) is { Length: > 1500 } text ? text[..1500] + " …" : MessageText.ToJson(answer);

    public void Dispose()
    {
        Api.Dispose();
        key.Dispose();
        Http.Dispose();
        Directory.Delete(Evidence, recursive: true);
    }
}
