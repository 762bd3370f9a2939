namespace Quorate.Testing;

/// <summary>Where the checkout is that this test run was built from.</summary>
public static class Repository
{
    static readonly Lazy<string> root = new(Find);

    /// <summary>The folder that holds Quorate.slnx.</summary>
    public static string Root => root.Value;

    /// <summary>A path below <see cref="Root"/>, given with forward slashes.</summary>
    public static string PathOf(string relative) => Path.GetFullPath(Path.Combine(Root, relative));

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Quorate.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No Quorate.slnx above {AppContext.BaseDirectory}: tests run from a checkout.");
    }
}
