using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Quorate.Cryptography.Hashing;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Hashing;

public partial class TagsTests
{
    static readonly Tag[] all =
    [
        .. typeof(Tags).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(field => Assert.IsType<Tag>(field.GetValue(null))),
    ];

    [Fact]
    public void No_two_tags_are_hashed_alike()
    {
        Assert.NotEmpty(all);
        Assert.Equal(all.Length, all.Select(tag => Convert.ToHexString(Encoding.UTF8.GetBytes(tag.Text))).Distinct().Count());
        Assert.Equal(all.Length, all.Select(tag => Convert.ToHexString(tag.Sha256Prefix)).Distinct().Count());
        Assert.Equal(all.Length, all.Select(tag => Convert.ToHexString(tag.Sha512Prefix)).Distinct().Count());
    }

    [Fact]
    public void A_tag_is_visible_text_and_ours_say_version_room_and_purpose()
    {
        foreach (var tag in all)
        {
            Assert.Matches("^[!-~]+( [!-~]+)*$", tag.Text);
            if (tag.Text.StartsWith("quorate", StringComparison.OrdinalIgnoreCase))
                Assert.Matches("^quorate/v[0-9]+(/[a-z0-9-]+){2,}$", tag.Text);
        }
    }

    [Fact]
    public void Tags_are_made_in_the_one_list_and_nowhere_else()
    {
        var source = Repository.PathOf("src");
        var files = Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(folder => folder is "bin" or "obj"))
            .ToArray();
        var list = Assert.Single(files, file => Path.GetFileName(file) == "Tags.cs" && Construction().IsMatch(File.ReadAllText(file)));
        Assert.Equal(all.Length, Construction().Count(File.ReadAllText(list)));

        var elsewhere = files.Where(file => file != list && Construction().IsMatch(File.ReadAllText(file)));
        Assert.Empty(elsewhere);
    }

    // new Tag(…) and Tag name = new(…), also behind =>.
    [GeneratedRegex(@"\bnew\s+Tag\s*\(|\bTag\??\s+\w+\s*(\{[^}]*\}\s*)?=>?\s*new\s*\(")]
    private static partial Regex Construction();
}
