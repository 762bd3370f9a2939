using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Local;
using Quorate.Policies;

namespace Quorate.Cli.Demo;

/// <summary>What the steps of the story share: the organisation, the API as its administrator, the members' devices, the wallet.</summary>
sealed class DemoScene(LocalPaths paths, LocalProfile profile) : IDisposable
{
    static readonly TimeSpan interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long anything may take. Nothing here takes more than seconds, but on a machine that has something else to do.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(90);

    internal LocalPaths Paths { get; } = paths;

    /// <summary>As it was at the beginning; processes come and go.</summary>
    internal LocalProfile Profile { get; } = profile;

    internal DemoApi Api { get; } = new(paths, profile);

    internal HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The chains whose nodes run and have a faucet.</summary>
    internal LocalChain[] Live { get; } = profile.WithoutChains is null ? [.. profile.Chains.Where(c => c.IsDevnet)] : [];

    /// <summary>The wallet's id and name, once it is there.</summary>
    internal string WalletId { get; set; } = "";

    internal string Wallet { get; set; } = "";

    /// <summary>Its addresses by the chains' names.</summary>
    internal Dictionary<string, string> Addresses { get; } = [];

    /// <summary>What was carried out, by id, for the record.</summary>
    internal List<string> Paid { get; } = [];

    /// <summary>A payment that two have approved, as the API shows it.</summary>
    internal JsonObject? Approved { get; set; }

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

    /// <summary>As the API takes it.</summary>
    internal JsonNode SignJson(string member, string hash)
    {
        var digest = Digest.TryParse(hash, out var parsed) ? parsed : throw new CliException($"{hash} is no hash.");
        return JsonNode.Parse(ApprovalJson.Write([Sign(member, digest)]))![0]!.DeepClone();
    }

    /// <summary>Asks until the answer is as it should be.</summary>
    internal async Task<JsonObject> UntilAsync(string path, Func<JsonObject, bool> isSo, string what, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await Api.GetAsync(path, cancellation);
            if (isSo(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(began) > patience)
                throw new CliException($"{what} has not come within {patience.TotalSeconds} s. The last answer of {path}: {Short(answer)}");
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

    static string Short(JsonObject answer) => answer.ToJsonString() is { Length: > 1500 } text ? text[..1500] + " …" : answer.ToJsonString();

    public void Dispose()
    {
        Api.Dispose();
        Http.Dispose();
        Directory.Delete(Evidence, recursive: true);
    }
}
