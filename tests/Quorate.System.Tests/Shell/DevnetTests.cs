using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Quorate.Testing;

namespace Quorate.System.Tests.Shell;

/// <summary><c>quorate devnet</c> with real nodes on free ports.</summary>
public class DevnetTests
{
    [Fact]
    public void A_devnet_comes_up_pays_and_goes_down_without_leaving_anything_behind()
    {
        using var shell = new Shell();
        try
        {
            var up = Devnet(shell, "up", "--free-ports", "--chain", "ethereum");
            Assert.Equal((0, ""), (up.ExitCode, up.ExitCode == 0 ? "" : up.Error));
            Assert.StartsWith("ethereum   http://127.0.0.1:", up.Output, StringComparison.Ordinal);
            var state = JsonDocument.Parse(Devnet(shell, "status", "--json").Output).RootElement;
            var port = state.GetProperty("nodes")[0].GetProperty("port").GetInt32();

            Assert.Contains("anvil/", Devnet(shell, "status").Output, StringComparison.Ordinal);
            var funded = Devnet(shell, "fund", "ethereum", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "1");
            Assert.Matches("^0x[0-9a-f]{64}\n$", funded.Output);
            // anvil answers a payment before the block is there.
            Assert.True(SpinWait.SpinUntil(() => Devnet(shell, "status").Output.Contains("block 1", StringComparison.Ordinal), TimeSpan.FromMinutes(1)));
            Assert.Contains("running already", Devnet(shell, "up").Error, StringComparison.Ordinal);

            Assert.Equal(0, Devnet(shell, "down").ExitCode);
            Assert.Equal(1, Devnet(shell, "status").ExitCode);
            Assert.True(IsFree(port));
        }
        finally
        {
            Devnet(shell, "down");
        }
    }

    [Fact]
    public void The_bitcoin_node_pays_and_says_why_when_it_does_not()
    {
        using var shell = new Shell();
        try
        {
            var up = Devnet(shell, "up", "--free-ports", "--chain", "bitcoin");
            Assert.True(up.ExitCode == 0, up.Error);
            Assert.Contains("bcoin regtest, block 440", Devnet(shell, "status").Output, StringComparison.Ordinal);
            Assert.Matches("^[0-9a-f]{64}\n$", Devnet(shell, "fund", "bitcoin", "rb1qqurswpc8qurswpc8qurswpc8qurswpc8cfe4l2", "100000").Output);
            Assert.Contains("block 441", Devnet(shell, "status").Output, StringComparison.Ordinal);
            Assert.NotEqual(0, Devnet(shell, "fund", "bitcoin", "rb1qnonsense", "100000").ExitCode);
        }
        finally
        {
            Devnet(shell, "down");
        }
    }

    [Theory]
    [InlineData("ethereum")]
    [InlineData("bitcoin")]
    [InlineData("solana")]
    public void Two_devnets_of_one_chain_run_beside_each_other(string chain)
    {
        using var one = new Shell();
        using var other = new Shell();
        Shell[] both = [one, other];
        try
        {
            Assert.All(both, shell => Assert.Equal((0, ""), Devnet(shell, "up", "--free-ports", "--chain", chain) is { ExitCode: var code } up ? (code, code == 0 ? "" : up.Error) : default));
            Assert.All(both, shell => Assert.Equal(0, Devnet(shell, "status").ExitCode));
        }
        finally
        {
            foreach (var shell in both)
                Devnet(shell, "down");
        }
    }

    [Fact]
    public void The_solana_node_pays_and_says_why_when_it_does_not()
    {
        using var shell = new Shell();
        try
        {
            Assert.Equal(0, Devnet(shell, "up", "--free-ports", "--chain", "solana").ExitCode);
            Assert.Matches("litesvm 1.5.0, slot [0-9]+\n$", Devnet(shell, "status").Output);
            Assert.Matches("^[1-9A-HJ-NP-Za-km-z]{86,88}\n$", Devnet(shell, "fund", "solana", "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM", "1000000000").Output);
            Assert.Contains("WrongSize", Devnet(shell, "fund", "solana", "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziof", "1000000000").Error, StringComparison.Ordinal);
            Assert.Contains("InsufficientFundsForRent", Devnet(shell, "fund", "solana", "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR", "1").Error, StringComparison.Ordinal);
            Assert.Contains("no amount of lamports", Devnet(shell, "fund", "solana", "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR", "0.5").Error, StringComparison.Ordinal);
        }
        finally
        {
            Devnet(shell, "down");
        }
    }

    [Fact]
    public void Nodes_do_not_outlive_a_supervisor_that_is_killed()
    {
        using var shell = new Shell();
        Assert.Equal(0, Devnet(shell, "up", "--free-ports", "--chain", "ethereum").ExitCode);
        var state = JsonDocument.Parse(Devnet(shell, "status", "--json").Output).RootElement;
        using (var supervisor = Process.GetProcessById(state.GetProperty("supervisor").GetInt32()))
            supervisor.Kill();

        var port = state.GetProperty("nodes")[0].GetProperty("port").GetInt32();
        Assert.True(SpinWait.SpinUntil(() => IsFree(port), TimeSpan.FromMinutes(1)));
        Assert.Equal(1, Devnet(shell, "status").ExitCode);
    }

    [Fact]
    public void Without_node_it_says_what_is_missing()
    {
        using var shell = new Shell();
        shell.Environment["PATH"] = "/nonexistent";
        var up = Devnet(shell, "up", "--free-ports");

        Assert.Equal(2, up.ExitCode);
        Assert.Contains("Node.js", up.Error, StringComparison.Ordinal);
        Assert.Contains("npm", up.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_system_that_a_node_is_not_for_it_says_so_before_anything_starts()
    {
        using var shell = new Shell();
        // Installed, as npm does it where no package fits.
        var modules = Directory.CreateDirectory(shell.PathOf("devnet/ethereum/node_modules")).FullName;
        foreach (var copy in (string[])[Path.Combine(modules, ".quorate-installed"), shell.PathOf("devnet/ethereum/package-lock.json")])
            File.Copy(Repository.PathOf("devnet/ethereum/package-lock.json"), copy);
        shell.Environment["QUORATE_DEVNET"] = shell.PathOf("devnet");
        var up = Devnet(shell, "up", "--free-ports", "--chain", "ethereum");

        Assert.Equal(2, up.ExitCode);
        Assert.Contains("there is no ethereum node: only anvil-linux-amd64.", up.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_package_for_one_system_is_left_out_by_an_older_npm()
    {
        // Debian 12 and Ubuntu 24.04 have Node.js 18, whose npm passes silently over optional packages that ask for a later one.
        var optional = 0;
        foreach (var file in Directory.GetFiles(Repository.PathOf("devnet"), "package-lock.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }))
        {
            using var locked = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var package in locked.RootElement.GetProperty("packages").EnumerateObject().Where(p => p.Value.TryGetProperty("optional", out _)))
            {
                optional++;
                Assert.False(package.Value.TryGetProperty("engines", out _), $"{file}: {package.Name}");
            }
        }
        Assert.Equal(2, optional);
    }

    [Fact]
    public void A_chain_that_is_not_there_is_refused_by_name()
    {
        using var shell = new Shell();
        var up = Devnet(shell, "up", "--chain", "dogecoin");

        Assert.Equal(2, up.ExitCode);
        Assert.Contains("dogecoin", up.Error, StringComparison.Ordinal);
    }

    static Shell.Result Devnet(Shell shell, params string[] arguments) =>
        shell.Run(null, ["devnet", .. arguments, "--folder", shell.Directory]);

    static bool IsFree(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect("127.0.0.1", port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
