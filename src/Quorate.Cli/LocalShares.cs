using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>Shares opened from files, checked to belong together.</summary>
sealed class LocalShares<TShare, C>(ShareFormat<TShare, C> format, IReadOnlyList<TShare> all) : IDisposable
    where TShare : class, IDisposable where C : struct, ICurve<C>
{
    internal IReadOnlyList<TShare> All => all;

    internal PublicKeyPackage<C> Package => format.KeyShare(all[0]).Package;

    internal PartySet Quorum { get; } = new(all.Select(s => format.KeyShare(s).Me));

    public void Dispose()
    {
        foreach (var share in all)
            share.Dispose();
    }
}

static class LocalShares
{
    /// <summary>Opens a quorum's files, asking for the passphrase as often as a file needs it.</summary>
    internal static LocalShares<TShare, C> Open<TShare, C>(
        ShareFormat<TShare, C> format, IReadOnlyList<(string Name, ShareFile File)> files, Func<SecretBytes?> passphrase)
        where TShare : class, IDisposable where C : struct, ICurve<C>
    {
        var opened = new List<TShare>();
        try
        {
            foreach (var (name, file) in files)
            {
                opened.Add(file.Open(format, name, passphrase));
                var (first, share) = (format.KeyShare(opened[0]), format.KeyShare(opened[^1]));
                if (!share.Package.Equals(first.Package))
                    throw new CliException($"{name} is a share of another key or epoch than {files[0].Name}.");
                if (opened.Count(s => format.KeyShare(s).Me == share.Me) > 1)
                    throw new CliException($"{name}: the share of {share.Me} is there twice.");
            }
            var threshold = format.KeyShare(opened[0]).Package.Threshold;
            if (opened.Count < threshold)
                throw new CliException($"{threshold} shares sign with this key, not {opened.Count}.");
            return new(format, opened);
        }
        catch
        {
            Dispose(opened);
            throw;
        }
    }

    internal static (KeyFile Key, IReadOnlyList<ShareFile> Shares) Seal<TShare, C>(
        ShareFormat<TShare, C> format, TShare[] shares, SecretBytes? passphrase, IRandom random)
        where TShare : class, IDisposable where C : struct, ICurve<C>
    {
        try
        {
            return (
                KeyFile.From(format.KeyShare(shares[0]).Package),
                [.. shares.AsParallel().AsOrdered().Select(s => ShareFile.Seal(format, s, passphrase, random))]);
        }
        finally
        {
            Dispose(shares);
        }
    }

    /// <summary>Runs a derivation, whose refusals are the user's to read.</summary>
    internal static T Checked<T>(Func<T> derive)
    {
        try
        {
            return derive();
        }
        catch (ArgumentException refused)
        {
            throw new CliException($"--derive: {refused.Message}");
        }
    }

    static void Dispose(IEnumerable<IDisposable> shares)
    {
        foreach (var share in shares)
            share.Dispose();
    }
}
