# Renders an interactive app as Open OnDemand does (apps/dashboard/app/models/batch_connect/{app,session}.rb of OSC/ondemand
# 4.2): ERB with trim mode "-", YAML, and the form's answers as methods of `context`.
#
#   ruby portal.rb stage APP FOLDER < {"attribute": "answer"}    fills FOLDER, prints the options of the job as JSON
#   ruby portal.rb view APP < {"host": ..., "port": ..., "password": ...}    prints the page's HTML
require "erb"
require "fileutils"
require "json"
require "ostruct"
require "yaml"

# Options that the dashboard itself makes of the attributes that it knows.
KNOWN = {
  "bc_num_hours" => ->(value) { { "wall_time" => value.to_i * 3600 } },
  "bc_account" => ->(value) { { "accounting_id" => value.strip.empty? ? nil : value.strip } },
  "bc_queue" => ->(value) { { "queue_name" => value.strip.empty? ? nil : value.strip } },
}.freeze

def render(path, binding)
  erb = ERB.new(File.read(path), trim_mode: "-")
  erb.filename = path
  erb.result(binding)
end

def context_of(app, answers)
  form = YAML.safe_load(File.read("#{app}/form.yml"))
  attributes = form.fetch("form").to_h do |id|
    given = form.fetch("attributes").fetch(id, {})
    fixed = !given.is_a?(Hash)
    [id, (answers.fetch(id) { fixed ? given : given["value"] }).to_s]
  end
  taken = OpenStruct.new.methods.map(&:to_s) & attributes.keys
  raise "names that a form may not use: #{taken}" unless taken.empty?

  OpenStruct.new(attributes.merge("cluster" => form.fetch("cluster")))
end

def stage(app, folder, answers)
  context = context_of(app, answers)
  FileUtils.mkdir_p(folder, mode: 0o700)
  template = "#{app}/template"
  # What is a template is rendered into a file with the mode that the template has.
  Dir.glob("#{template}/**/*").select { |path| File.file?(path) }.each do |path|
    target = File.join(folder, path.delete_prefix("#{template}/").delete_suffix(".erb"))
    holder = Struct.new(:context).new(context)
    FileUtils.mkdir_p(File.dirname(target))
    File.write(target, path.end_with?(".erb") ? render(path, holder.instance_eval { binding }) : File.read(path))
    File.chmod(File.stat(path).mode & 0o777, target)
  end
  submit = YAML.safe_load(render("#{app}/submit.yml.erb", context.instance_eval { binding }))
  script = KNOWN.reduce({}) { |all, (id, option)| all.merge(option.call(context[id].to_s)) }
  puts JSON.generate(submit.merge("script" => script.merge(submit.fetch("script")).compact))
end

case ARGV.shift
when "stage" then stage(*ARGV, JSON.parse($stdin.read))
when "view" then puts render("#{ARGV[0]}/view.html.erb", OpenStruct.new(JSON.parse($stdin.read)).instance_eval { binding })
end
